using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Predicted numbers of rows whose true value is known.</summary>
/// <param name="Predictions">[rows × width], row after row.</param>
/// <param name="Width">How many predictions a row has.</param>
/// <param name="Truth">[rows].</param>
/// <param name="Weights">[rows]; null where all count alike.</param>
internal sealed record ValueRows(double[] Predictions, int Width, double[] Truth, double[]? Weights)
{
    /// <summary>Reads the predictions of several columns side by side; rows whose label is NaN are left out, and the log says how many.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or there is nothing to read.</exception>
    public static ValueRows Read(IDataView data, string label, string? weight, IChannel channel, Action checkCanceled, params string[] predictions)
    {
        var schema = data.Schema;
        var columns = predictions.Select(schema.Find).ToArray();
        var labelColumn = schema.Find(label);
        if (!labelColumn.Type.Equals(NumberDataViewType.Single))
            throw Columns.WrongType(label, "be Single for regression", labelColumn.Type);
        DataViewSchema.Column? weightColumn = weight is null ? null : schema.Find(weight);

        using var cursor = data.GetRowCursor(columns.Append(labelColumn).Concat(weightColumn is null ? [] : [weightColumn.Value]).DistinctBy(column => column.Index));
        var readers = columns.Select(column => Reader(cursor, column)).ToArray();
        var readLabel = cursor.GetGetter<float>(labelColumn);
        var weights = weightColumn is null ? null : new WeightReader(cursor, weightColumn.Value);
        var (numbers, truth, rows) = (new List<double>(), new List<double>(), 0L);
        for (; cursor.MoveNext(); rows++)
        {
            if (rows % 1024 == 0)
                checkCanceled();
            var value = 0f;
            readLabel(ref value);
            if (float.IsNaN(value))
                continue;
            truth.Add(value);
            foreach (var read in readers)
                read(numbers);
            weights?.Keep(rows);
        }

        if (rows == 0)
            throw new ArgumentException("The data must have rows, but has none.");
        if (truth.Count == 0)
            throw new ArgumentException($"The data must have rows with a label, but column '{label}' is missing in all {rows}.");
        if (truth.Count < rows)
            channel.Warning(MessageSensitivity.Schema, "{0}", $"The data has {rows - truth.Count} of {rows} rows without a label in column '{label}'; they are left out.");
        weights?.Conclude();
        return new ValueRows([.. numbers], columns.Sum(Size), [.. truth], weights?.ToArray());
    }

    public static int Size(DataViewSchema.Column column) => column.Type is VectorDataViewType vector ? vector.Size : 1;

    private static Action<List<double>> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type.Equals(NumberDataViewType.Single))
        {
            var (get, value) = (row.GetGetter<float>(column), 0f);
            return numbers =>
            {
                get(ref value);
                numbers.Add(value);
            };
        }

        if (column.Type is not VectorDataViewType { IsKnownSize: true } vector || !vector.ItemType.Equals(NumberDataViewType.Single))
            throw Columns.WrongType(column.Name, "be Single or a vector of Single of known size", column.Type);
        var (getVector, values) = (row.GetGetter<VBuffer<float>>(column), default(VBuffer<float>));
        return numbers =>
        {
            getVector(ref values);
            foreach (var value in values.DenseValues())
                numbers.Add(value);
        };
    }
}
