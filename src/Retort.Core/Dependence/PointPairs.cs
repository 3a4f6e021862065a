namespace Retort;

/// <summary>A number for each pair of the different points that the rows' protected values are.</summary>
internal abstract class PointPairs(int count)
{
    /// <summary>How many points there are.</summary>
    public int Count { get; } = count;

    /// <summary>The numbers of a point with all points.</summary>
    public abstract void Row(int point, Span<double> numbers);
}

/// <summary>The Euclidean distance of points, over all columns.</summary>
/// <param name="columns">Each column's value at each point, scaled.</param>
/// <param name="count">How many points there are.</param>
internal sealed class DistancePairs(IReadOnlyList<ProtectedValues> columns, int count) : PointPairs(count)
{
    public override void Row(int point, Span<double> numbers)
    {
        numbers.Clear();
        foreach (var column in columns)
            column.AddSquares(point, numbers);
        TensorPrimitives.Sqrt(numbers, numbers);
    }
}

/// <summary>Minus the product over columns of <c>(c - centred distance)</c>: what takes the place of a distance in the joint form.</summary>
/// <param name="columns">Each column's value at each point, scaled.</param>
/// <param name="sums">Of each column what is subtracted from the distances of a point, on either side.</param>
/// <param name="totals">Of each column what is then added.</param>
/// <param name="offset">The constant c.</param>
/// <param name="count">How many points there are.</param>
internal sealed class ProductPairs(IReadOnlyList<ProtectedValues> columns, double[][] sums, double[] totals, double offset, int count) : PointPairs(count)
{
    private readonly double[] _factor = new double[count];

    public override void Row(int point, Span<double> numbers)
    {
        numbers.Fill(-1);
        for (var column = 0; column < columns.Count; column++)
        {
            Array.Clear(_factor);
            columns[column].AddSquares(point, _factor);
            TensorPrimitives.Sqrt<double>(_factor, _factor);
            TensorPrimitives.Subtract(sums[column], _factor, _factor);
            TensorPrimitives.Add(_factor, sums[column][point] - totals[column] + offset, _factor);
            TensorPrimitives.Multiply(numbers, _factor, numbers);
        }
    }
}
