using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Tables;

namespace Retort.Cli.Metrics;

/// <summary>The prediction columns that a model adds, by ML.NET's names: Score, Probability, PredictedLabel.</summary>
/// <param name="Task">What they say of the task.</param>
/// <param name="Columns">The columns that hold the prediction.</param>
/// <param name="Classes">The names of the classes (multiclass only).</param>
internal sealed record ModelOutputs(LearningTask Task, IReadOnlyList<DataViewSchema.Column> Columns, IReadOnlyList<string> Classes)
{
    /// <summary>Numbers a row: one probability a class, or one value.</summary>
    public int Width => Task switch { LearningTask.Binary => 2, LearningTask.Multiclass => Classes.Count, _ => 1 };

    /// <exception cref="NotSupportedException">The columns are those of no such task.</exception>
    public static ModelOutputs Of(DataViewSchema schema)
    {
        var score = schema.GetColumnOrNull("Score")
            ?? throw new NotSupportedException($"The model must add a column 'Score', but gives {Names.List(schema.Where(c => !c.IsHidden).Select(c => c.Name))}.");
        var predicted = schema.GetColumnOrNull("PredictedLabel");
        return (score.Type, predicted?.Type) switch
        {
            (VectorDataViewType, KeyDataViewType) => new(LearningTask.Multiclass, [score, predicted!.Value], CellText.KeyValues(predicted.Value)),
            (NumberDataViewType, BooleanDataViewType) when schema.GetColumnOrNull("Probability") is { } p => new(LearningTask.Binary, [score, p, predicted!.Value], []),
            (NumberDataViewType, null) => new(LearningTask.Regression, [score, .. Further(schema)], []),
            _ => throw new NotSupportedException($"The model must be calibrated binary, multiclass with a key as PredictedLabel, or regression, but its Score is {score.Type} and its PredictedLabel is {predicted?.Type.ToString() ?? "absent"}."),
        };
    }

    /// <summary>What a regression network may say beside its score.</summary>
    private static IEnumerable<DataViewSchema.Column> Further(DataViewSchema schema) =>
        new[] { schema.GetColumnOrNull("StandardDeviation"), schema.GetColumnOrNull("Quantiles") }.OfType<DataViewSchema.Column>();

    /// <summary>The names of the fields that <see cref="Texts"/> gives.</summary>
    public IReadOnlyList<string> FieldNames => Task switch
    {
        LearningTask.Binary => ["PredictedLabel", "Probability", "Score"],
        LearningTask.Multiclass => ["PredictedLabel", .. Classes.Select(name => $"Score.{name}")],
        _ => [.. Columns.SelectMany(column => column.Type is VectorDataViewType ? SlotNames(column).Select(slot => $"{column.Name}.{slot}") : [column.Name])],
    };

    private static string[] SlotNames(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>Fills a row with the probabilities of the classes, or with the value.</summary>
    public Action<float[]> Reader(DataViewRow row)
    {
        switch (Task)
        {
            case LearningTask.Multiclass:
                var scores = row.GetGetter<VBuffer<float>>(Columns[0]);
                VBuffer<float> buffer = default;
                return values => { scores(ref buffer); buffer.CopyTo(values); };
            case LearningTask.Binary:
                var probability = row.GetGetter<float>(Columns[1]);
                var p = 0f;
                return values => { probability(ref p); (values[0], values[1]) = (1 - p, p); };
            default:
                var score = row.GetGetter<float>(Columns[0]);
                return values => score(ref values[0]);
        }
    }

    /// <summary>The fields that a row of predictions becomes in a file: the predicted label first, where there is one.</summary>
    public Func<IEnumerable<string>> Texts(DataViewRow row)
    {
        switch (Task)
        {
            case LearningTask.Multiclass:
                var label = CellText.Reader(row, Columns[1]);
                var read = Reader(row);
                var values = new float[Width];
                return () => { read(values); return values.Select(CellText.Text).Prepend(label()); };
            case LearningTask.Binary:
                var fields = new[] { Columns[2], Columns[1], Columns[0] }.Select(c => CellText.Reader(row, c)).ToArray();
                return () => fields.Select(field => field());
            default:
                var scalars = Columns.Where(column => column.Type is not VectorDataViewType).Select(column => CellText.Reader(row, column)).ToArray();
                var vectors = Columns.Where(column => column.Type is VectorDataViewType).Select(column => row.GetGetter<VBuffer<float>>(column)).ToArray();
                VBuffer<float> levels = default;
                return () => [.. scalars.Select(read => read()), .. vectors.SelectMany(read => { read(ref levels); return levels.DenseValues().Select(CellText.Text).ToArray(); })];
        }
    }
}
