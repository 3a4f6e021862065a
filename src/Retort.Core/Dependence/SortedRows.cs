using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>Rows in the ascending order of a number; equal numbers keep the order that they came in.</summary>
/// <param name="Rows">Row numbers.</param>
/// <param name="Keys">What orders the rows, ascending: equal where the numbers are.</param>
/// <param name="Places">Where each row stood before; the row numbers where they came in that order.</param>
internal readonly record struct SortedRows(int[] Rows, ulong[] Keys, int[] Places)
{
    private const ulong Sign = 1UL << 63;
    private const int LeadingBits = 32;

    /// <summary>Whether all numbers are one.</summary>
    public bool AreAlike => Keys.Length == 0 || Keys[0] == Keys[^1];

    /// <summary>The number at a place, where numbers were sorted.</summary>
    public double Number(int place) => BitConverter.UInt64BitsToDouble((Keys[place] & Sign) != 0 ? Keys[place] ^ Sign : ~Keys[place]);

    /// <summary>The end of the run of equal numbers that begins at a place.</summary>
    public int End(int start)
    {
        var end = start + 1;
        while (end < Keys.Length && Keys[end] == Keys[start])
            end++;
        return end;
    }

    /// <summary>Sorts numbers by their bits.</summary>
    /// <param name="numbers">One a row.</param>
    /// <param name="first">The order that the rows come in; null as they are numbered.</param>
    public static SortedRows Of(ReadOnlySpan<double> numbers, int[]? first = null)
    {
        var keys = GC.AllocateUninitializedArray<ulong>(numbers.Length);
        for (var i = 0; i < keys.Length; i++)
            keys[i] = Key(numbers[first is null ? i : first[i]]);
        return Of(keys, first);
    }

    /// <summary>Sorts by keys.</summary>
    /// <param name="keys">One a row, in the order that the rows come in.</param>
    /// <param name="first">That order; null as they are numbered.</param>
    public static SortedRows Of(ulong[] keys, int[]? first = null)
    {
        var (least, most) = (ulong.MaxValue, ulong.MinValue);
        foreach (var key in keys)
            (least, most) = (Math.Min(least, key), Math.Max(most, key));
        var places = Sorted(keys, null, least, most, leading: true);
        var sorted = Gathered(keys, places);
        if (!Straighten(sorted, places)) // many rows differ in their last bits only: those come first
        {
            places = Sorted(keys, Sorted(keys, null, least, most, leading: false), least, most, leading: true);
            sorted = Gathered(keys, places);
        }

        return new(first is null ? places : Gathered(first, places), sorted, places);
    }

    /// <summary>What stands at places. A loop that does nothing else waits for many of them at once.</summary>
    public static T[] Gathered<T>(T[] values, int[] places)
    {
        var gathered = GC.AllocateUninitializedArray<T>(places.Length);
        for (var i = 0; i < gathered.Length; i++)
            gathered[i] = values[places[i]];
        return gathered;
    }

    private static int Bits(ulong least, ulong most) => 64 - BitOperations.LeadingZeroCount(most - least);

    /// <summary>Places in the order of the leading bits of keys, or of those below: packed with their place, digit by digit from the last.</summary>
    /// <param name="keys">Keys.</param>
    /// <param name="order">The order that they come in; null as they are.</param>
    /// <param name="least">The least of them.</param>
    /// <param name="most">The largest of them.</param>
    /// <param name="leading">Whether the leading bits count; else those below them alone.</param>
    private static int[] Sorted(ulong[] keys, int[]? order, ulong least, ulong most, bool leading)
    {
        var bits = Bits(least, most);
        var (shift, used) = leading ? (Math.Max(bits - LeadingBits, 0), Math.Min(bits, LeadingBits)) : (0, bits - LeadingBits);
        var count = keys.Length;
        var (packed, other) = (GC.AllocateUninitializedArray<ulong>(count), GC.AllocateUninitializedArray<ulong>(count));
        var mask = (1UL << used) - 1;
        for (var i = 0; i < count; i++)
        {
            var place = order is null ? i : order[i];
            packed[i] = (keys[place] - least >> shift & mask) << 32 | (uint)place;
        }

        var width = count < 10_000 ? 8 : 11;
        var counts = new int[1 << width];
        for (var digit = 32; digit < 32 + used; digit += width)
        {
            Array.Clear(counts);
            foreach (var item in packed)
                counts[(int)(item >> digit) & counts.Length - 1]++;
            var sum = 0;
            foreach (ref var start in counts.AsSpan())
                (start, sum) = (sum, sum + start);
            ref var starts = ref MemoryMarshal.GetArrayDataReference(counts);
            ref var target = ref MemoryMarshal.GetArrayDataReference(other);
            foreach (var item in packed)
                Unsafe.Add(ref target, Unsafe.Add(ref starts, (int)(item >> digit) & counts.Length - 1)++) = item;
            (packed, other) = (other, packed);
        }

        var places = GC.AllocateUninitializedArray<int>(count);
        for (var i = 0; i < count; i++)
            places[i] = (int)packed[i];
        return places;
    }

    /// <summary>Moves what is not in order yet; false where that would take long.</summary>
    private static bool Straighten(ulong[] keys, int[] places)
    {
        var moves = 4L * keys.Length;
        for (var i = 1; i < keys.Length; i++)
        {
            if (keys[i] >= keys[i - 1])
                continue;
            var (key, place, j) = (keys[i], places[i], i);
            for (; j > 0 && keys[j - 1] > key; j--)
                (keys[j], places[j]) = (keys[j - 1], places[j - 1]);
            (keys[j], places[j]) = (key, place);
            if ((moves -= i - j) < 0)
                return false;
        }

        return true;
    }

    /// <summary>Bits that are ordered as the numbers are; 0 and -0 are one number.</summary>
    private static ulong Key(double number)
    {
        var bits = BitConverter.DoubleToUInt64Bits(number + 0.0);
        return (bits & Sign) == 0 ? bits | Sign : ~bits;
    }
}
