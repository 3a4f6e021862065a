using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>One column of numbers: distances below and above each prediction come from sorting twice and one partition by rank, in O(n log n).</summary>
internal sealed class NumberSpace : ProtectedSpace
{
    private const int Digits = 16, DigitBits = 4;

    /// <summary>For each digit 1 at all larger ones.</summary>
    private static readonly Vector<double>[] s_larger = [.. MemoryMarshal.Cast<double, Vector<double>>(Enumerable.Range(0, Digits * Digits).Select(i => i % Digits > i / Digits ? 1.0 : 0).ToArray().AsSpan())];

    private readonly int[] _order; // rows in the order of the numbers
    private readonly double[] _numbers, _sums; // in that order
    private int[]? _ranks; // of the rows, where they were asked for

    /// <param name="numbers">One a row.</param>
    /// <param name="factor">What distances are multiplied with.</param>
    /// <param name="centring">How rows count.</param>
    public NumberSpace(ReadOnlySpan<double> numbers, double factor, Centring centring) : base(centring)
    {
        var sorted = SortedRows.Of(numbers);
        var count = numbers.Length;
        (_order, factor) = (sorted.Rows, sorted.AreAlike ? 0 : factor); // else what sums lose would be left of a constant
        var product = 0.0;
        for (var i = 0; i < count; i++)
            product += centring.Of(i) * numbers[i];
        var (middle, all) = (product / centring.Total, 0.0); // near 0 sums lose fewest digits
        (_numbers, _sums) = (GC.AllocateUninitializedArray<double>(count), GC.AllocateUninitializedArray<double>(count));
        for (var i = 0; i < count; i++)
        {
            _numbers[i] = factor * (sorted.Number(i) - middle);
            all += _numbers[i] * Weight(i);
        }

        var (weight, below) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            // sum below of s - s_j, and above of s_j - s; the own one is in neither
            var (own, ownProduct) = (Weight(i), Weight(i) * _numbers[i]);
            _sums[i] = _numbers[i] * (2 * weight + own - centring.Total) + all - ownProduct - 2 * below;
            Total += own * _sums[i];
            Squares += 2 * centring.Total * ownProduct * _numbers[i];
            (weight, below) = (weight + own, below + ownProduct);
        }

        Squares -= 2 * all * all;
    }

    public override double Squares { get; }

    /// <summary>Equal predictions are in the order of their numbers.</summary>
    public override SortedRows Sort(ReadOnlySpan<double> predictions) => SortedRows.Of(predictions, _order);

    public override SortedRows Moved(SortedRows sorted, int[] to)
    {
        if (_ranks is null)
        {
            _ranks = new int[_order.Length];
            for (var rank = 0; rank < _order.Length; rank++)
                _ranks[_order[rank]] = rank;
        }

        var places = SortedRows.Gathered(_ranks, SortedRows.Gathered(to, sorted.Rows));
        for (int start = 0, end; start < places.Length; start = end)
        {
            end = sorted.End(start);
            if (end > start + 1)
                places.AsSpan(start, end - start).Sort();
        }

        return new(SortedRows.Gathered(_order, places), sorted.Keys, places);
    }

    protected override double[] EachSum()
    {
        var sums = new double[_sums.Length];
        for (var i = 0; i < sums.Length; i++)
            sums[_order[i]] = _sums[i];
        return sums;
    }

    public override void SignedSums(SortedRows sorted, Span<double> signed, Span<double> sums)
    {
        // prefix sums over predictions: distances to all earlier rows, then corrected for equal predictions, which count neither way
        var (ranks, numbers) = (sorted.Places, SortedRows.Gathered(_numbers, sorted.Places));
        var lower = SortedRows.Gathered(Lower(ranks, numbers), ranks);
        SortedRows.Gathered(_sums, ranks).CopyTo(sums);
        var (weight, product) = (0.0, 0.0);
        for (int start = 0, end; start < ranks.Length; start = end)
        {
            end = sorted.End(start);
            var (startWeight, startProduct) = (weight, product);
            for (var i = start; i < end; i++)
            {
                var (number, own) = (numbers[i], Weight(ranks[i]));
                var earlier = 2 * lower[i] + product - number * weight;
                var inRun = number * (weight - startWeight) - (product - startProduct); // to those equal ones that stand before it
                signed[i] = 2 * earlier - inRun - sums[i];
                (weight, product) = (weight + own, product + own * number);
            }

            if (end == start + 1)
                continue;
            for (var (i, runWeight, runProduct) = (start, startWeight, startProduct); i < end; i++)
            {
                var (number, own) = (numbers[i], Weight(ranks[i]));
                (runWeight, runProduct) = (runWeight + own, runProduct + own * number);
                signed[i] += product - runProduct - number * (weight - runWeight);
            }
        }
    }

    /// <summary>What the row of a rank counts.</summary>
    private double Weight(int rank) => Centring.Same > 0 ? Centring.Same : Centring.Weights[_order[rank]];

    /// <summary>For each rank the sum of <c>w_j (s - s_j)</c> over those of lower rank that come earlier.</summary>
    /// <param name="order">Ranks in their order.</param>
    /// <param name="numbers">Their numbers in that order.</param>
    private double[] Lower(int[] order, double[] numbers)
    {
        // ranks are parted by their digits, highest first, each part in its order: then every pair of a lower and a higher rank meets at the one digit where they first differ
        var count = order.Length;
        var memory = Spread(count) + 1;
        var (ranks, other) = (GC.AllocateUninitializedArray<int>(memory), GC.AllocateUninitializedArray<int>(memory));
        var (sums, otherSums) = (new double[memory], GC.AllocateUninitializedArray<double>(memory));
        for (var i = 0; i < count; i++)
            ranks[Spread(i)] = order[i];
        Span<int> ends = stackalloc int[Digits];
        Span<double> below = stackalloc double[2 * Digits]; // for each digit the weights, and the products with the numbers, of lower ones so far
        var lanes = Digits / Vector<double>.Count;
        ref var weights = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<double, Vector<double>>(below));
        ref var products = ref Unsafe.Add(ref weights, lanes);
        var top = true;
        for (var shift = (32 - BitOperations.LeadingZeroCount((uint)Math.Max(count - 1, 0)) + DigitBits - 1) / DigitBits * DigitBits - DigitBits; shift >= 0; shift -= DigitBits)
        {
            var size = (long)Digits << shift;
            for (var start = 0L; start < count; start += size)
            {
                below.Clear();
                for (var digit = 0; digit < Digits; digit++)
                    ends[digit] = (int)Math.Min(start + ((long)digit << shift), count);
                var end = (int)Math.Min(start + size, count);
                for (var i = (int)start; i < end; i++)
                {
                    var rank = ranks[Spread(i)];
                    var digit = rank >> shift & Digits - 1;
                    var (number, own) = (top ? numbers[i] : _numbers[rank], Weight(rank));
                    var place = Spread(ends[digit]++);
                    other[place] = rank;
                    otherSums[place] = sums[Spread(i)] + number * below[digit] - below[Digits + digit];
                    var (w, p) = (new Vector<double>(own), new Vector<double>(own * number));
                    ref var larger = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(s_larger), digit * lanes);
                    for (var lane = 0; lane < lanes; lane++)
                    {
                        Unsafe.Add(ref weights, lane) += Unsafe.Add(ref larger, lane) * w;
                        Unsafe.Add(ref products, lane) += Unsafe.Add(ref larger, lane) * p;
                    }
                }
            }

            (ranks, other, sums, otherSums, top) = (other, ranks, otherSums, sums, false);
        }

        for (var rank = 0; rank < count; rank++)
            sums[rank] = sums[Spread(rank)]; // which never lies before it
        return sums;
    }

    /// <summary>Where a place lies in memory: places a power of two apart would push each other out of the cache.</summary>
    private static int Spread(int place) => place + (place >> 12 << 3);
}
