namespace Retort;

/// <summary>Rows' odds of one class, and whether they belong to it.</summary>
/// <param name="Odds">[rows], all positive.</param>
/// <param name="Rows">Their labels and weights.</param>
/// <param name="Class">The class.</param>
/// <param name="Memory">What the classes use one after the other.</param>
internal sealed record OddsColumn(double[] Odds, CalibrationRows Rows, int Class, OddsMemory Memory)
{
    public bool IsHit(int row) => Rows.Labels[row] == Class;

    /// <summary>The weight of rows in the class, and of the others.</summary>
    public (double Hits, double Misses) Weights()
    {
        var (hits, misses) = (0.0, 0.0);
        for (var row = 0; row < Odds.Length; row++)
            if (IsHit(row))
                hits += Rows.Weight(row);
            else
                misses += Rows.Weight(row);
        return (hits, misses);
    }

    /// <summary>Rows of equal odds together, odds rising; without those that have no weight. Until the next class asks.</summary>
    public OddsGroups Group()
    {
        var order = Memory.Order(Odds, Rows.Labels, Class);
        var (rows, weights, hits) = (Memory.Rows, Memory.Weights, Memory.Hits);
        var (count, own, last) = (0, Rows.Weights, ulong.MaxValue);
        foreach (var entry in order)
        {
            var row = OddsMemory.Row(entry);
            var weight = own is null ? 1 : own[row];
            if (weight == 0)
                continue;
            var hit = OddsMemory.IsHit(entry) * weight;
            var key = OddsMemory.Key(entry);
            if (key != last || Odds[row] != Odds[rows[count - 1]])
            {
                (rows[count], weights[count], hits[count], last) = (row, weight, hit, key);
                count++;
                continue;
            }

            weights[count - 1] += weight;
            hits[count - 1] += hit;
        }

        return new(Odds, rows, weights, hits, count);
    }
}

/// <summary>Distinct odds, rising, each with one of its rows, the weight of all its rows, and of those among them that belong to the class.</summary>
internal readonly record struct OddsGroups(double[] Odds, int[] Rows, double[] Weights, double[] Hits, int Count)
{
    public double At(int group) => Odds[Rows[group]];
}

/// <summary>Memory in which rows are put in order, digit by digit: several times as fast as by comparing.</summary>
/// <remarks>An entry holds the first <see cref="KeyBits"/> bits in which the odds differ, the row, and whether it belongs to the class. What those bits do not tell apart is put in order by comparing, of which there is little.</remarks>
internal sealed class OddsMemory(int rows)
{
    private const int KeyBits = 22, DigitBits = 11, Digits = KeyBits / DigitBits, Values = 1 << DigitBits, LowBits = 64 - KeyBits, Few = 24;

    private ulong[] _entries = GC.AllocateUninitializedArray<ulong>(rows), _other = GC.AllocateUninitializedArray<ulong>(rows);

    public int[] Rows { get; } = GC.AllocateUninitializedArray<int>(rows);

    public int[] Ends { get; } = GC.AllocateUninitializedArray<int>(rows);

    public double[] Weights { get; } = GC.AllocateUninitializedArray<double>(rows);

    public double[] Hits { get; } = GC.AllocateUninitializedArray<double>(rows);

    public static ulong Key(ulong entry) => entry >> LowBits;

    public static int Row(ulong entry) => (int)(entry >> 1 & int.MaxValue);

    public static int IsHit(ulong entry) => (int)(entry & 1);

    /// <summary>Entries whose rows have rising odds.</summary>
    public ulong[] Order(double[] odds, int[] labels, int hit)
    {
        var (least, most) = (TensorPrimitives.Min<double>(odds), TensorPrimitives.Max<double>(odds));
        var low = BitConverter.DoubleToUInt64Bits(least); // positive numbers are in the order of their bits
        var shift = 0;
        while (BitConverter.DoubleToUInt64Bits(most) - low >> shift >> KeyBits != 0)
            shift++;

        Span<int> counts = new int[Digits * Values];
        for (var row = 0; row < odds.Length; row++)
        {
            var key = BitConverter.DoubleToUInt64Bits(odds[row]) - low >> shift;
            _entries[row] = key << LowBits | (ulong)row << 1 | (labels[row] == hit ? 1UL : 0);
            for (var digit = 0; digit < Digits; digit++)
                counts[digit * Values + (int)(key >> DigitBits * digit & Values - 1)]++;
        }

        for (var digit = 0; digit < Digits; digit++)
        {
            var starts = counts.Slice(digit * Values, Values);
            var (next, bits) = (0, LowBits + DigitBits * digit);
            foreach (ref var start in starts)
                (start, next) = (next, next + start);
            foreach (var entry in _entries)
                _other[starts[(int)(entry >> bits & Values - 1)]++] = entry;
            (_entries, _other) = (_other, _entries);
        }

        for (int start = 0, end; start < _entries.Length; start = end)
        {
            var key = _entries[start] >> LowBits;
            for (end = start + 1; end < _entries.Length && _entries[end] >> LowBits == key; end++)
            {
            }

            if (end - start > 1)
                Compare(_entries.AsSpan(start, end - start), odds);
        }

        return _entries;
    }

    private static void Compare(Span<ulong> entries, double[] odds)
    {
        if (entries.Length > Few)
        {
            entries.Sort((a, b) => odds[Row(a)].CompareTo(odds[Row(b)]));
            return;
        }

        for (var i = 1; i < entries.Length; i++)
        {
            var (entry, own, place) = (entries[i], odds[Row(entries[i])], i);
            for (; place > 0 && odds[Row(entries[place - 1])] > own; place--)
                entries[place] = entries[place - 1];
            entries[place] = entry;
        }
    }
}
