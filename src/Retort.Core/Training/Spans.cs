using System.Numerics;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>Vectorised passes over flat buffers.</summary>
internal static class Spans
{
    private const int Block = 1 << 12;

    /// <summary>The Euclidean norm, and the sum of absolute values. In float within blocks of the vector, in double beyond, and in double alone where a square leaves float's range.</summary>
    public static (double Euclidean, double Absolute) Norms(ReadOnlySpan<float> numbers)
    {
        var (squares, absolute) = (0.0, 0.0);
        for (var start = 0; start < numbers.Length; start += Block)
        {
            var block = numbers.Slice(start, Math.Min(Block, numbers.Length - start));
            var vectors = MemoryMarshal.Cast<float, Vector<float>>(block);
            var (squareSums, absoluteSums) = (Vector<float>.Zero, Vector<float>.Zero);
            foreach (var vector in vectors)
            {
                squareSums += vector * vector;
                absoluteSums += Vector.Abs(vector);
            }

            squares += Vector.Sum(squareSums);
            absolute += Vector.Sum(absoluteSums);
            foreach (var number in block[(vectors.Length * Vector<float>.Count)..])
            {
                squares += (double)number * number;
                absolute += Math.Abs(number);
            }
        }

        return squares is > 1e-30 and < double.PositiveInfinity ? (Math.Sqrt(squares), absolute) : InDouble(numbers);
    }

    /// <summary>The Euclidean norm.</summary>
    public static double Norm(ReadOnlySpan<float> numbers) => Norms(numbers).Euclidean;

    /// <summary>The largest absolute value.</summary>
    public static float Largest(ReadOnlySpan<float> numbers)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(numbers);
        var largest = Vector<float>.Zero;
        foreach (var vector in vectors)
            largest = Vector.Max(largest, Vector.Abs(vector));
        var result = 0f;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
            result = Math.Max(result, largest[lane]);
        foreach (var number in numbers[(vectors.Length * Vector<float>.Count)..])
            result = Math.Max(result, Math.Abs(number));
        return result;
    }

    /// <summary><c>numbers[i] *= factor</c>.</summary>
    public static void Scale(Span<float> numbers, float factor)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(numbers);
        foreach (ref var vector in vectors)
            vector *= factor;
        foreach (ref var number in numbers[(vectors.Length * Vector<float>.Count)..])
            number *= factor;
    }

    /// <summary><c>p = keep p - size u</c>.</summary>
    public static void Move(Span<float> p, ReadOnlySpan<float> u, float keep, float size)
    {
        var ps = MemoryMarshal.Cast<float, Vector<float>>(p);
        var us = MemoryMarshal.Cast<float, Vector<float>>(u);
        for (var i = 0; i < ps.Length; i++)
            ps[i] = keep * ps[i] - size * us[i];
        for (var i = ps.Length * Vector<float>.Count; i < p.Length; i++)
            p[i] = keep * p[i] - size * u[i];
    }

    private static (double Euclidean, double Absolute) InDouble(ReadOnlySpan<float> numbers)
    {
        var (squares, absolute) = (0.0, 0.0);
        foreach (var number in numbers)
        {
            squares += (double)number * number;
            absolute += Math.Abs((double)number);
        }

        return (Math.Sqrt(squares), absolute);
    }
}
