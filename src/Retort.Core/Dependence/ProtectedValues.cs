using System.Numerics;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>A protected column as plain memory: numbers, or categories as whole numbers.</summary>
/// <param name="Numbers">One a row or point.</param>
/// <param name="Categories">How many categories there are; 0 where these are numbers.</param>
/// <param name="Factor">What distances are multiplied with.</param>
internal sealed record ProtectedValues(double[] Numbers, int Categories, double Factor)
{
    /// <summary>A column's values as they are.</summary>
    public static ProtectedValues Of(ProtectedColumn column) => new(GivenGradient.Numbers(column.Values), (int)(column.Categories ?? 0), 1);

    public ProtectedValues Take(int[] rows) => this with { Numbers = SortedRows.Gathered(Numbers, rows) };

    /// <summary>What distances are to be divided by; 0 where all rows are alike.</summary>
    /// <param name="scaling">The rule.</param>
    /// <param name="shares">Each row's share of the weight; rows without are left out.</param>
    public double Scale(ProtectedScaling scaling, double[] shares)
    {
        var (least, largest, mean) = (double.PositiveInfinity, double.NegativeInfinity, 0.0);
        for (var row = 0; row < shares.Length; row++)
        {
            if (shares[row] > 0)
                (least, largest) = (Math.Min(least, Numbers[row]), Math.Max(largest, Numbers[row]));
            mean += shares[row] * Numbers[row];
        }

        if (!(largest > least))
            return 0;
        if (scaling is ProtectedScaling.None or ProtectedScaling.Range)
            return scaling == ProtectedScaling.None || Categories > 0 ? 1 : largest - least;
        if (Categories > 0 || scaling == ProtectedScaling.MeanDistance)
        {
            var space = (this with { Factor = 1 }).Space(Centring.V(shares));
            return scaling == ProtectedScaling.MeanDistance ? space.Total : Math.Sqrt(space.Squares / 2);
        }

        var variance = 0.0;
        for (var row = 0; row < shares.Length; row++)
            variance += shares[row] * (Numbers[row] - mean) * (Numbers[row] - mean);
        return Math.Sqrt(variance);
    }

    /// <summary>The measure of the column alone.</summary>
    public ProtectedSpace Space(Centring centring) => Categories > 0 ? new CategorySpace(Whole(), Categories, Factor, centring) : new NumberSpace(Numbers, Factor, centring);

    /// <summary>Categories as whole numbers.</summary>
    public int[] Whole()
    {
        var whole = GC.AllocateUninitializedArray<int>(Numbers.Length);
        for (var row = 0; row < whole.Length; row++)
            whole[row] = (int)Numbers[row];
        return whole;
    }

    /// <summary>Adds the squared distances of one value to all.</summary>
    public void AddSquares(int from, Span<double> squares)
    {
        var lanes = MemoryMarshal.Cast<double, Vector<double>>(squares);
        var values = MemoryMarshal.Cast<double, Vector<double>>(Numbers.AsSpan());
        var (own, factor) = (new Vector<double>(Numbers[from]), new Vector<double>(Factor));
        var (zero, square) = (Vector<double>.Zero, new Vector<double>(Factor * Factor));
        if (Categories > 0)
            for (var i = 0; i < lanes.Length; i++)
                lanes[i] += Vector.ConditionalSelect(Vector.Equals(values[i], own), zero, square);
        else
            for (var i = 0; i < lanes.Length; i++)
                lanes[i] += factor * (values[i] - own) * (factor * (values[i] - own));
        for (var i = lanes.Length * Vector<double>.Count; i < squares.Length; i++)
            squares[i] += Categories > 0 ? Numbers[i] == Numbers[from] ? 0 : Factor * Factor : Factor * (Numbers[i] - Numbers[from]) * (Factor * (Numbers[i] - Numbers[from]));
    }
}
