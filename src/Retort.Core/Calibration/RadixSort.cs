namespace Retort;

/// <summary>The order of many numbers, digit by digit: several times as fast as by comparing.</summary>
internal static class RadixSort
{
    private const int Bits = 11, Digits = 6, Values = 1 << Bits, Few = 1000;

    /// <summary>The places of rising numbers, equal ones in the order in which they stand.</summary>
    /// <param name="numbers">None is NaN.</param>
    /// <param name="sorted">The numbers in that order.</param>
    public static int[] Order(double[] numbers, out double[] sorted)
    {
        var count = numbers.Length;
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        var keys = new ulong[count];
        for (var i = 0; i < count; i++)
        {
            // negative numbers count backwards; 0 + turns -0 into 0
            var bits = BitConverter.DoubleToInt64Bits(0 + numbers[i]);
            keys[i] = (ulong)(bits ^ (bits >> 63 | long.MinValue));
        }

        if (count < Few)
        {
            var places = (int[])order.Clone();
            Array.Sort(places, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
            order = places;
        }
        else
        {
            (keys, order) = Sort(keys, order);
        }

        sorted = new double[count];
        for (var i = 0; i < count; i++)
            sorted[i] = numbers[order[i]];
        return order;
    }

    private static (ulong[] Keys, int[] Order) Sort(ulong[] keys, int[] order)
    {
        var counts = new int[Digits * Values];
        foreach (var key in keys)
            for (var digit = 0; digit < Digits; digit++)
                counts[digit * Values + Digit(key, digit)]++;

        var (otherKeys, otherOrder) = (new ulong[keys.Length], new int[keys.Length]);
        for (var digit = 0; digit < Digits; digit++)
        {
            var starts = counts.AsSpan(digit * Values, Values);
            if (starts[Digit(keys[0], digit)] == keys.Length)
                continue; // the same digit everywhere
            var next = 0;
            foreach (ref var start in starts)
                (start, next) = (next, next + start);
            for (var i = 0; i < keys.Length; i++)
            {
                var place = starts[Digit(keys[i], digit)]++;
                otherKeys[place] = keys[i];
                otherOrder[place] = order[i];
            }

            (keys, otherKeys) = (otherKeys, keys);
            (order, otherOrder) = (otherOrder, order);
        }

        return (keys, order);
    }

    private static int Digit(ulong key, int digit) => (int)(key >> Bits * digit) & Values - 1;
}
