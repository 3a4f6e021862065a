using System.Numerics;

namespace Retort;

/// <summary>One column of numbers: distances below and above each prediction come from sorting twice and one partition by rank, in O(n log n).</summary>
internal sealed class NumberSpace : ProtectedSpace
{
    private readonly int[] _order; // rows in the order of the numbers
    private readonly double[] _numbers, _weights, _products; // in that order: numbers, weights, and their products

    /// <param name="numbers">One a row.</param>
    /// <param name="factor">What distances are multiplied with.</param>
    /// <param name="centring">How rows count.</param>
    public NumberSpace(ReadOnlySpan<double> numbers, double factor, Centring centring) : base(centring)
    {
        var sorted = SortedRows.Of(numbers);
        var count = numbers.Length;
        (_order, factor) = (sorted.Rows, sorted.AreAlike ? 0 : factor); // else what sums lose would be left of a constant
        (_numbers, _weights, _products) = (new double[count], new double[count], new double[count]);
        var (weight, product) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
            product += centring.Weights[i] * numbers[i];
        var middle = product / centring.Total; // near 0 sums lose fewest digits
        product = 0;
        for (var i = 0; i < count; i++)
        {
            (_numbers[i], _weights[i]) = (factor * (numbers[_order[i]] - middle), centring.Weights[_order[i]]);
            product += _products[i] = _numbers[i] * _weights[i];
        }

        Sums = new double[count];
        var (below, all) = (0.0, product);
        for (var i = 0; i < count; i++)
        {
            // sum below of s - s_j, and above of s_j - s; the own one is in neither
            var sum = _numbers[i] * (2 * weight + _weights[i] - centring.Total) + all - _products[i] - 2 * below;
            Sums[_order[i]] = sum;
            Total += _weights[i] * sum;
            Squares += 2 * centring.Total * _products[i] * _numbers[i];
            (weight, below) = (weight + _weights[i], below + _products[i]);
        }

        Squares -= 2 * all * all;
    }

    public override double Squares { get; }

    /// <summary>Equal predictions are in the order of their numbers.</summary>
    public override SortedRows Sort(ReadOnlySpan<double> predictions) => SortedRows.Of(predictions, _order);

    public override void SignedSums(SortedRows sorted, Span<double> signed)
    {
        var (rows, count) = (sorted.Rows, sorted.Rows.Length);
        var (ranks, places) = (GC.AllocateUninitializedArray<int>(count), GC.AllocateUninitializedArray<int>(count));
        for (var i = 0; i < count; i++)
            places[_order[i]] = i;
        for (var i = 0; i < count; i++)
            ranks[i] = places[rows[i]];
        var lower = Lower((int[])ranks.Clone(), places);

        // prefix sums over predictions: distances to all earlier rows, then corrected for equal predictions, which count neither way
        var (weight, product) = (0.0, 0.0);
        for (int start = 0, end; start < count; start = end)
        {
            end = sorted.End(start);
            var (startWeight, startProduct) = (weight, product);
            for (var i = start; i < end; i++)
            {
                var rank = ranks[i];
                var number = _numbers[rank];
                var earlier = 2 * lower[rank] + product - number * weight;
                var inRun = number * (weight - startWeight) - (product - startProduct); // to those equal ones that stand before it
                signed[rows[i]] = 2 * earlier - inRun;
                (weight, product) = (weight + _weights[rank], product + _products[rank]);
            }

            for (var (i, runWeight, runProduct) = (start, startWeight, startProduct); i < end; i++)
            {
                var rank = ranks[i];
                (runWeight, runProduct) = (runWeight + _weights[rank], runProduct + _products[rank]);
                signed[rows[i]] += product - runProduct - _numbers[rank] * (weight - runWeight) - Sums[rows[i]];
            }
        }
    }

    /// <summary>For each rank the sum of <c>w_j (s - s_j)</c> over those of lower rank that come earlier.</summary>
    /// <param name="ranks">Ranks in their order; overwritten.</param>
    /// <param name="other">Memory of the same size.</param>
    private double[] Lower(int[] ranks, int[] other)
    {
        // ranks are parted by their bits, highest first, each part in its order: then every pair of a lower and a higher rank meets at the one bit where they first differ
        var count = ranks.Length;
        var (sums, otherSums) = (new double[count], GC.AllocateUninitializedArray<double>(count));
        for (var bit = 31 - BitOperations.LeadingZeroCount((uint)Math.Max(count - 1, 0)); bit >= 0; bit--)
        {
            var half = 1 << bit;
            for (var start = 0; start < count; start += 2 * half)
            {
                var (left, right, end) = (start, start + half, Math.Min(start + 2 * half, count));
                var (weight, product) = (0.0, 0.0);
                for (var i = start; i < end; i++)
                {
                    var (rank, sum) = (ranks[i], sums[i]);
                    if ((rank & half) == 0)
                    {
                        (weight, product) = (weight + _weights[rank], product + _products[rank]);
                        (other[left], otherSums[left++]) = (rank, sum);
                    }
                    else
                    {
                        (other[right], otherSums[right++]) = (rank, sum + _numbers[rank] * weight - product);
                    }
                }
            }

            (ranks, other, sums, otherSums) = (other, ranks, otherSums, sums);
        }

        return sums;
    }
}
