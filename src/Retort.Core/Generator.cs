using System.Numerics;

namespace Retort;

/// <summary>A stream of random numbers: the same seed gives the same numbers, on every platform and whatever else is drawn.</summary>
/// <remarks>
/// xoshiro256**, seeded by SplitMix64. Not for several threads at once, and not for secrets.
/// Source: Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2021, https://arxiv.org/abs/1805.01407
/// </remarks>
public sealed class Generator
{
    private ulong _a, _b, _c, _d;
    private double _spare = double.NaN;

    /// <summary>A stream that begins at a seed.</summary>
    /// <param name="seed">Any number.</param>
    public Generator(ulong seed)
    {
        _a = Mix(seed);
        _b = Mix(_a);
        _c = Mix(_b);
        _d = Mix(_c);
    }

    /// <summary>64 random bits.</summary>
    public ulong Bits()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A number in [0, 1), evenly spread.</summary>
    public double Uniform() => (Bits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number in [0, bound), without bias.</summary>
    /// <param name="bound">At least 1.</param>
    /// <exception cref="ArgumentException"><paramref name="bound"/> is less than 1.</exception>
    public long Below(long bound)
    {
        if (bound < 1)
            Check.AtLeast(bound, 1);
        var range = (ulong)bound;
        while (true)
        {
            var high = Math.BigMul(Bits(), range, out var low);
            if (low >= range || low >= (0 - range) % range) // draws below the remainder would favour small results; the division is rarely needed
                return (long)high;
        }
    }

    /// <summary>A draw from the normal distribution with mean 0 and deviation 1.</summary>
    public double Normal()
    {
        if (!double.IsNaN(_spare))
        {
            var kept = _spare;
            _spare = double.NaN;
            return kept;
        }

        // Box and Muller; 1 - u lies in (0, 1], where the logarithm is finite
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * Uniform());
        _spare = radius * sine;
        return radius * cosine;
    }

    /// <summary>The numbers 0 to count - 1 in random order, every order being equally likely.</summary>
    /// <param name="count">At least 0.</param>
    public long[] Permutation(long count)
    {
        var order = new long[count];
        for (var i = 0L; i < count; i++)
            order[i] = i;
        for (var i = count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>A stream that gives the same numbers from here on.</summary>
    internal Generator Copy() => (Generator)MemberwiseClone();

    internal void Write(BinaryWriter writer)
    {
        foreach (var part in (ulong[])[_a, _b, _c, _d])
            writer.Write(part);
        writer.Write(_spare);
    }

    /// <summary>Goes on where a stream wrote itself.</summary>
    internal void Read(BinaryReader reader)
    {
        (_a, _b, _c, _d) = (reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());
        _spare = reader.ReadDouble();
    }

    /// <summary>Spreads the bits of a seed (the output function of SplitMix64).</summary>
    internal static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        return x ^ x >> 31;
    }
}
