using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Tables;

namespace Retort.Cli.Metrics;

/// <summary>Labels and predictions of a scored view as plain arrays; rows without a label are left out and counted.</summary>
/// <param name="Task">What was predicted.</param>
/// <param name="Width">Numbers a row: the classes (2 for binary), or 1 for regression.</param>
/// <param name="Labels">Class numbers from 0, or values.</param>
/// <param name="Predictions">Row after row: probabilities, or values.</param>
/// <param name="Unlabelled">Rows that had no label.</param>
internal sealed record Scored(LearningTask Task, int Width, float[] Labels, float[] Predictions, long Unlabelled)
{
    public int Rows => Labels.Length;

    public ReadOnlySpan<float> Row(int row) => Predictions.AsSpan(row * Width, Width);

    /// <summary>Reads a scored view once.</summary>
    /// <param name="view">A view with the model's prediction columns.</param>
    /// <param name="label">The label as the file has it: text, number or Boolean.</param>
    /// <param name="cancel">Stops between two rows.</param>
    /// <exception cref="InvalidDataException">A label is no class of the model, or no row has one.</exception>
    public static Scored Read(IDataView view, string label, CancellationToken cancel)
    {
        var outputs = ModelOutputs.Of(view.Schema);
        var classes = outputs.Classes.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i);
        var labels = new List<float>();
        var predictions = new List<float>();
        var unlabelled = 0L;

        using var cursor = view.GetRowCursor([view.Schema[label], .. outputs.Columns]);
        var readLabel = Label(cursor, view.Schema[label], outputs.Task, classes);
        var readRow = outputs.Reader(cursor);
        var row = new float[outputs.Width];
        while (cursor.MoveNext())
        {
            cancel.ThrowIfCancellationRequested();
            var value = readLabel();
            if (float.IsNaN(value))
            {
                unlabelled++;
                continue;
            }

            readRow(row);
            labels.Add(value);
            predictions.AddRange(row);
        }

        if (labels.Count == 0)
            throw new InvalidDataException($"Label '{label}' must have a value in some row, but has none.");
        return new Scored(outputs.Task, outputs.Width, [.. labels], [.. predictions], unlabelled);
    }

    // NaN: there is none
    private static Func<float> Label(DataViewRow row, DataViewSchema.Column column, LearningTask task, Dictionary<string, int> classes)
    {
        if (task == LearningTask.Multiclass)
        {
            var name = CellText.Reader(row, column);
            return () =>
            {
                var text = name();
                return text.Length == 0 ? float.NaN
                    : classes.TryGetValue(text, out var c) ? c
                    : throw new InvalidDataException($"Label '{column.Name}' must be one of {Names.List(classes.Keys)}, the classes of the model, but is '{text}'.");
            };
        }

        if (column.Type is BooleanDataViewType)
        {
            var truth = row.GetGetter<bool>(column);
            var value = false;
            return () => { truth(ref value); return value ? 1 : 0; };
        }

        var number = row.GetGetter<float>(column);
        var n = 0f;
        return () =>
        {
            number(ref n);
            return task == LearningTask.Regression || n is 0 or 1 or float.NaN ? n
                : throw new InvalidDataException(FormattableString.Invariant($"Label '{column.Name}' must be 0 or 1, but is {n}."));
        };
    }
}
