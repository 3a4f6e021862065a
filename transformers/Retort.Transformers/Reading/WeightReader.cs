using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Retort;

/// <summary>Reads how much each row counts.</summary>
internal sealed class WeightReader
{
    private readonly RowBuffer<float> _weights = new(1);
    private string _name = "";
    private ValueGetter<float> _get = null!;
    private bool _positive;

    /// <exception cref="ArgumentException">The column is not Single.</exception>
    public WeightReader(DataViewRow row, DataViewSchema.Column column) => Attach(row, column);

    public WeightReader()
    {
    }

    /// <summary>Goes on with the rows of another view; where the column is null, each of them counts 1.</summary>
    /// <exception cref="ArgumentException">The column is not Single.</exception>
    public void Attach(DataViewRow row, DataViewSchema.Column? column)
    {
        if (column is { } weight && !weight.Type.Equals(NumberDataViewType.Single))
            throw Columns.WrongType(weight.Name, "be Single to weigh rows", weight.Type);
        _name = column?.Name ?? _name;
        _get = column is null ? (ref float one) => one = 1 : row.GetGetter<float>(column.Value);
    }

    /// <exception cref="ArgumentException">The weight is negative, NaN or infinite.</exception>
    public void Keep(long row)
    {
        ref var weight = ref _weights.Add()[0];
        _get(ref weight);
        if (!(weight >= 0 && float.IsFinite(weight)))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Column '{_name}' must hold weights of at least 0, but is {weight} in row {row} (counted from 0)."));
        _positive |= weight > 0;
    }

    /// <exception cref="ArgumentException">No row counts.</exception>
    public void Conclude()
    {
        if (!_positive)
            throw new ArgumentException($"Column '{_name}' must hold a positive weight, but is 0 in all {_weights.Rows} rows.");
    }

    public double[] ToArray() => [.. Enumerable.Range(0, (int)_weights.Rows).Select(row => (double)_weights[row][0])];

    public Tensor ToTensor() => _weights.ToTensor(flat: true);
}
