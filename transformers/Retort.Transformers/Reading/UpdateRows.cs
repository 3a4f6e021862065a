using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>What two models answered to the same rows, by the numbers of classes that both and the labels share.</summary>
/// <param name="Old">The old model's answers [rows].</param>
/// <param name="Latest">The new model's.</param>
/// <param name="Labels">What is right.</param>
/// <param name="Weights">How much each row counts; null where all count alike.</param>
internal sealed record UpdateRows(int[] Old, int[] Latest, int[] Labels, double[]? Weights)
{
    private const int None = -1, RowsBetweenChecks = 1024;

    /// <summary>Reads two views in step; rows without a label are left out, and the log says how many.</summary>
    /// <param name="old">The rows as the old model answered them.</param>
    /// <param name="latest">The same rows as the new model answered them.</param>
    /// <param name="columns">The label, the answer in place of a score, and the weight, which is read from the new model's view.</param>
    /// <param name="channel">Hears what is left out.</param>
    /// <param name="checkCanceled">Throws where reading is to end.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or the rows are not the same.</exception>
    public static UpdateRows Read(IDataView old, IDataView latest, ScoredColumns columns, IChannel channel, Action checkCanceled)
    {
        var classes = new Dictionary<string, int>();
        using var before = new Answers(old, columns, classes, null);
        using var after = new Answers(latest, columns, classes, columns.Weight);
        var (olds, news, labels, rows, unlabelled) = (new List<int>(), new List<int>(), new List<int>(), 0L, 0L);
        while (before.MoveNext() is var more)
        {
            if (rows % RowsBetweenChecks == 0)
                checkCanceled();
            if (after.MoveNext() != more)
                throw new ArgumentException($"Both models must have answered the same rows, but {(more ? "the new" : "the old")} one has only {rows}.");
            if (!more)
                break;
            var (label, other) = (before.Label(), after.Label());
            if (label != other)
                throw new ArgumentException($"Both models must have answered the same rows in the same order, but the labels in column '{columns.Label}' of row {rows} (counted from 0) differ.");
            rows++;
            if (label == None)
            {
                unlabelled++;
                continue;
            }

            labels.Add(label);
            olds.Add(before.Answer());
            news.Add(after.Answer());
            after.Weights?.Keep(rows - 1);
        }

        if (rows == 0)
            throw new ArgumentException("The data must have rows, but has none.");
        if (rows == unlabelled)
            throw new ArgumentException($"The data must have rows with a label, but column '{columns.Label}' is missing in all {rows}.");
        if (unlabelled > 0)
            channel.Warning(MessageSensitivity.Schema, "{0}", $"The data has {unlabelled} of {rows} rows without a label in column '{columns.Label}'; they are left out.");
        after.Weights?.Conclude();
        return new([.. olds], [.. news], [.. labels], after.Weights?.ToArray());
    }

    /// <summary>One model's view.</summary>
    private sealed class Answers : IDisposable
    {
        private readonly DataViewRowCursor _cursor;

        public Answers(IDataView data, ScoredColumns columns, Dictionary<string, int> classes, string? weight)
        {
            var (label, answer) = (data.Schema.Find(columns.Label), data.Schema.Find(columns.Score));
            DataViewSchema.Column? weights = weight is null ? null : data.Schema.Find(weight);
            DataViewSchema.Column?[] needed = [label, answer, weights];
            _cursor = data.GetRowCursor(needed.OfType<DataViewSchema.Column>().DistinctBy(column => column.Index));
            (Label, Answer) = (Reader(_cursor, label, classes), Reader(_cursor, answer, classes));
            Weights = weights is null ? null : new WeightReader(_cursor, weights.Value);
        }

        public Func<int> Label { get; }

        public Func<int> Answer { get; }

        public WeightReader? Weights { get; }

        public bool MoveNext() => _cursor.MoveNext();

        public void Dispose() => _cursor.Dispose();

        // classes by their names, since keys are numbered differently from model to model
        private static Func<int> Reader(DataViewRow row, DataViewSchema.Column column, Dictionary<string, int> classes)
        {
            if (column.Type is BooleanDataViewType)
            {
                var (get, value) = (row.GetGetter<bool>(column), false);
                return () =>
                {
                    get(ref value);
                    return Number(value ? "True" : "False");
                };
            }

            if (column.Type is TextDataViewType)
            {
                var (get, value) = (row.GetGetter<ReadOnlyMemory<char>>(column), default(ReadOnlyMemory<char>));
                return () =>
                {
                    get(ref value);
                    return value.IsEmpty ? None : Number(value.ToString());
                };
            }

            var count = Keys.Count(column, "be a key, a text or Boolean to be compared");
            var names = ClassValues.Of(column, ScoreAnnotations.KeyValues)?.Names;
            int[] numbers = [.. Enumerable.Range(0, count).Select(key => Number(names?[key] ?? $"{key + 1}"))];
            var read = Keys.Reader(row, column);
            return () => read() is var key && key >= 1 && key <= (ulong)count ? numbers[key - 1] : None;

            int Number(string name)
            {
                if (!classes.TryGetValue(name, out var number))
                    classes.Add(name, number = classes.Count);
                return number;
            }
        }
    }
}
