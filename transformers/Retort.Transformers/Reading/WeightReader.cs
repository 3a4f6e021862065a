using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Retort;

/// <summary>Reads how much each row counts.</summary>
internal sealed class WeightReader
{
    private readonly string _name;
    private readonly ValueGetter<float> _get;
    private readonly RowBuffer<float> _weights = new(1);
    private bool _positive;

    /// <exception cref="ArgumentException">The column is not Single.</exception>
    public WeightReader(DataViewRow row, DataViewSchema.Column column)
    {
        if (!column.Type.Equals(NumberDataViewType.Single))
            throw Columns.WrongType(column.Name, "be Single to weigh rows", column.Type);
        (_name, _get) = (column.Name, row.GetGetter<float>(column));
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
