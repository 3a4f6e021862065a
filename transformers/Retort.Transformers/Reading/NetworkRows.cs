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
        if (labels is not null && fitted.Task == LearningTask.Multiclass && labels.Classes != fitted.Outputs)
            throw Check.Wrong($"The number of classes of column '{label}'", $"be that of the network, {fitted.Outputs}", $"{labels.Classes}");
        using var cursor = data.GetRowCursor(columns.Needed.Concat(label is null ? [] : [schema.Find(label)]).DistinctBy(column => column.Index));
        var reader = columns.Reader(cursor, fitted.Cardinalities);
        labels?.Attach(cursor, network.Classes);
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
            Labels = labels?.ToTensor(),
            Classes = fitted.Task switch { LearningTask.Binary => 2, LearningTask.Multiclass => fitted.Outputs, _ => 1 },
        };
    }
}
