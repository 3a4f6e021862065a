using System.Numerics;

namespace Retort;

/// <summary>Counts the rows of a column that hold NaN or infinity.</summary>
/// <param name="column">The column's name.</param>
/// <param name="data">What the data is called, where it is not the data itself.</param>
internal sealed class Finite(string column, string? data = null)
{
    private long _count, _first;

    public void Check(ReadOnlySpan<float> values, long row)
    {
        if (!All(values) && _count++ == 0)
            _first = row;
    }

    /// <exception cref="ArgumentException">There was such a row.</exception>
    public void Conclude()
    {
        if (_count > 0)
            throw new ArgumentException($"Column '{column}'{(data is null ? "" : $" of {data}")} must hold finite numbers, but {(_count == 1 ? "1 row has" : $"{_count} rows have")} NaN or infinity, the first is row {_first} (counted from 0).");
    }

    // v * 0 is 0 for every finite v, and NaN for the rest
    public static bool All(ReadOnlySpan<float> values)
    {
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(values[i..]) * Vector<float>.Zero;
        var rest = Vector.Dot(sum, Vector<float>.One);
        for (; i < values.Length; i++)
            rest += values[i] * 0;
        return rest == 0;
    }
}
