using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>Rows in the ascending order of a number; equal numbers keep the order that they came in.</summary>
/// <param name="Rows">Row numbers.</param>
/// <param name="Keys">What orders the rows, ascending: equal where the numbers are.</param>
internal readonly record struct SortedRows(int[] Rows, ulong[] Keys)
{
    private const ulong Sign = 1UL << 63;

    /// <summary>Whether all numbers are one.</summary>
    public bool AreAlike => Keys.Length == 0 || Keys[0] == Keys[^1];

    /// <summary>Sorts numbers by their bits, least significant digits first.</summary>
    /// <param name="numbers">One a row.</param>
    /// <param name="first">The order that the rows come in; null as they are numbered.</param>
    public static SortedRows Of(ReadOnlySpan<double> numbers, int[]? first = null)
    {
        var keys = GC.AllocateUninitializedArray<ulong>(numbers.Length);
        for (var i = 0; i < keys.Length; i++)
            keys[i] = Key(numbers[first is null ? i : first[i]]);
        return Of(keys, first);
    }

    /// <summary>The end of the run of equal numbers that begins at a place.</summary>
    public int End(int start)
    {
        var end = start + 1;
        while (end < Keys.Length && Keys[end] == Keys[start])
            end++;
        return end;
    }

    /// <summary>Sorts by keys, which are overwritten.</summary>
    public static SortedRows Of(ulong[] keys, int[]? first = null)
    {
        var (count, width) = (keys.Length, keys.Length < 8192 ? 8 : 11);
        var (digits, size) = ((64 + width - 1) / width, 1 << width);
        var rows = GC.AllocateUninitializedArray<int>(count);
        if (first is null)
            for (var i = 0; i < count; i++)
                rows[i] = i;
        else
            first.CopyTo(rows, 0);

        var counts = new int[digits * size];
        foreach (var key in keys)
            for (var (digit, rest) = (0, key); digit < digits; digit++, rest >>= width)
                counts[digit * size + (int)(rest & (ulong)(size - 1))]++;

        var (otherKeys, otherRows) = (GC.AllocateUninitializedArray<ulong>(count), GC.AllocateUninitializedArray<int>(count));
        for (var digit = 0; digit < digits && count > 0; digit++)
        {
            var places = counts.AsSpan(digit * size, size);
            var (shift, mask) = (digit * width, (ulong)(size - 1));
            if (places[(int)(keys[0] >> shift & mask)] == count)
                continue; // all rows have this digit
            var sum = 0;
            foreach (ref var place in places)
                (place, sum) = (sum, sum + place);
            ref var start = ref MemoryMarshal.GetReference(places);
            for (var i = 0; i < keys.Length; i++)
            {
                var key = keys[i];
                var place = Unsafe.Add(ref start, (nint)(key >> shift & mask))++;
                otherKeys[place] = key;
                otherRows[place] = rows[i];
            }

            (keys, otherKeys) = (otherKeys, keys);
            (rows, otherRows) = (otherRows, rows);
        }

        return new(rows, keys);
    }

    /// <summary>Bits that are ordered as the numbers are; 0 and -0 are one number.</summary>
    private static ulong Key(double number)
    {
        var bits = BitConverter.DoubleToUInt64Bits(number + 0.0);
        return (bits & Sign) == 0 ? bits | Sign : ~bits;
    }
}
