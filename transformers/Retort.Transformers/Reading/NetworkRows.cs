using Microsoft.ML;

namespace Retort;

/// <summary>Reads the rows that a fitted network is to be looked at on, with labels or without.</summary>
internal static class NetworkRows
{
    private const int RowsBetweenChecks = 1024;

    /// <summary>All rows; where labels are asked for, those that have one. The caller disposes them.</summary>
    /// <param name="network">Whose columns are read.</param>
    /// <param name="data">Data as the network reads it.</param>
    /// <param name="label">The label's column; null for none.</param>
    /// <param name="checkCanceled">Throws where it is to end.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, a feature is not finite, or there are no rows.</exception>
    public static Dataset Read(NetworkTransformer network, IDataView data, string? label, Action checkCanceled)
    {
        var (fitted, schema) = (network.Fitted, data.Schema);
        var columns = new FeatureColumns(schema, network.FeatureColumnName, network.CategoryColumnNames);
        if (columns.Width != fitted.Features)
            throw new ArgumentException($"Column '{network.FeatureColumnName}' must have {fitted.Features} values as in training, but has {columns.Width}.");
        var labels = label is null ? null : LabelReader.Of(schema.Find(label), fitted.Task);
        var classOf = labels is null || fitted.Task != LearningTask.Multiclass ? null : Match(network, labels, label!);
        using var cursor = data.GetRowCursor(columns.Needed.Concat(label is null ? [] : [schema.Find(label)]).DistinctBy(column => column.Index));
        var reader = columns.Reader(cursor, fitted.Cardinalities);
        labels?.Attach(cursor, null);
        using var features = new RowBuffer<float>(fitted.Features);
        using var categories = new RowBuffer<long>(fitted.Cardinalities.Count);
        var finite = new Finite(network.FeatureColumnName);
        for (var row = 0L; cursor.MoveNext(); row++)
        {
            if (row % RowsBetweenChecks == 0)
                checkCanceled();
            if (labels?.TryKeep(row) == false)
                continue;
            var own = features.Add();
            reader.Read(own, categories.Add());
            finite.Check(own, row);
        }

        finite.Conclude();
        if (features.Rows == 0)
            throw new ArgumentException($"The data must have rows{(label is null ? "" : $" with a label in column '{label}'")}, but has none.");
        return new()
        {
            Features = features.ToTensor(),
            Categories = fitted.Cardinalities.Count == 0 ? null : categories.ToTensor(),
            Cardinalities = [.. fitted.Cardinalities],
            Labels = labels is null ? null : Renumbered(labels.ToTensor(), classOf),
            Classes = fitted.Task switch { LearningTask.Binary => 2, LearningTask.Multiclass => fitted.Outputs, _ => 1 },
        };
    }

    /// <summary>For each of the label's classes that of the network; the data may lack some.</summary>
    private static int[] Match(NetworkTransformer network, LabelReader labels, string label)
    {
        if (network.ClassNames is { } known && labels.Values?.Names is { } names)
            return ClassMatch.Of(known, names, some: true)
                ?? throw new ArgumentException($"Column '{label}' must have classes that the network knows, but {ClassMatch.Differ(known, names, "the network", "the data")}.");
        return labels.Classes == network.Fitted.Outputs ? [.. Enumerable.Range(0, labels.Classes)]
            : throw Check.Wrong($"The number of classes of column '{label}'", $"be that of the network, {network.Fitted.Outputs}", $"{labels.Classes}");
    }

    private static TorchSharp.torch.Tensor Renumbered(TorchSharp.torch.Tensor labels, int[]? classOf)
    {
        if (classOf is not null)
            foreach (ref var label in Memory.Of<long>(labels))
                label = classOf[label];
        return labels;
    }
}
