using System.Numerics;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>Vectorised passes over matrices stored row by row.</summary>
internal static class Elementwise
{
    /// <summary><c>matrix[i, j] += row[j]</c>.</summary>
    public static void AddRow<T>(Span<T> matrix, ReadOnlySpan<T> row) where T : unmanaged, INumber<T>
    {
        for (var start = 0; start < matrix.Length; start += row.Length)
            Add(matrix.Slice(start, row.Length), row);
    }

    /// <summary><c>sums[j] += numbers[j]</c>.</summary>
    public static void Add<T>(Span<T> sums, ReadOnlySpan<T> numbers) where T : unmanaged, INumber<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(sums);
        var added = MemoryMarshal.Cast<T, Vector<T>>(numbers);
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] += added[i];
        for (var i = vectors.Length * Vector<T>.Count; i < sums.Length; i++)
            sums[i] += numbers[i];
    }

    /// <summary><c>numbers[i] = 0</c> wherever <c>where[i]</c> is not positive.</summary>
    public static void KeepWherePositive<T>(Span<T> numbers, ReadOnlySpan<T> where) where T : unmanaged, INumber<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(numbers);
        var conditions = MemoryMarshal.Cast<T, Vector<T>>(where);
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = Vector.ConditionalSelect(Vector.GreaterThan(conditions[i], Vector<T>.Zero), vectors[i], Vector<T>.Zero);
        for (var i = vectors.Length * Vector<T>.Count; i < numbers.Length; i++)
            numbers[i] = where[i] > T.Zero ? numbers[i] : T.Zero;
    }

    /// <summary><c>sums[j] = sum over i of matrix[i, j]</c>.</summary>
    public static void SumRows<T>(ReadOnlySpan<T> matrix, Span<T> sums) where T : unmanaged, INumber<T>
    {
        sums.Clear();
        for (var start = 0; start < matrix.Length; start += sums.Length)
            Add(sums, matrix.Slice(start, sums.Length));
    }

    /// <summary><c>numbers[i] *= factors[i]</c>.</summary>
    public static void Multiply<T>(Span<T> numbers, ReadOnlySpan<T> factors) where T : unmanaged, INumber<T> => TensorPrimitives.Multiply(numbers, factors, numbers);

    /// <summary><c>y[i] = map(x[i], y[i])</c>.</summary>
    public static void Map<T>(ReadOnlySpan<T> x, Span<T> y, Func<Vector<T>, Vector<T>, Vector<T>> map) where T : unmanaged, INumber<T>
    {
        var xs = MemoryMarshal.Cast<T, Vector<T>>(x);
        var ys = MemoryMarshal.Cast<T, Vector<T>>(y);
        for (var i = 0; i < ys.Length; i++)
            ys[i] = map(xs[i], ys[i]);

        var done = ys.Length * Vector<T>.Count;
        if (done == y.Length)
            return;
        Span<T> lastX = stackalloc T[Vector<T>.Count], lastY = stackalloc T[Vector<T>.Count];
        lastX.Clear();
        lastY.Clear();
        x[done..].CopyTo(lastX);
        y[done..].CopyTo(lastY);
        map(new(lastX), new(lastY)).CopyTo(lastY);
        lastY[..(y.Length - done)].CopyTo(y[done..]);
    }

    /// <summary><c>y[j] = x[j] + strengths[j] (f[j] - x[j])</c>.</summary>
    public static void Blend<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> f, ReadOnlySpan<T> strengths, Span<T> y) where T : unmanaged, INumber<T>
    {
        TensorPrimitives.Subtract(f, x, y);
        TensorPrimitives.MultiplyAdd(y, strengths, x, y);
    }

    /// <summary><c>sums[j] += g[j] (f[j] - x[j])</c>.</summary>
    public static void AddProductOfDifference<T>(Span<T> sums, ReadOnlySpan<T> g, ReadOnlySpan<T> f, ReadOnlySpan<T> x) where T : unmanaged, INumber<T>
    {
        for (var j = 0; j < sums.Length; j++)
            sums[j] += g[j] * (f[j] - x[j]);
    }

    /// <summary><c>g[j] *= 1 + strengths[j] (slopes[j] - 1)</c>.</summary>
    public static void MultiplyByBlendedSlope<T>(Span<T> g, ReadOnlySpan<T> slopes, ReadOnlySpan<T> strengths) where T : unmanaged, INumber<T>
    {
        for (var j = 0; j < g.Length; j++)
            g[j] *= T.One + strengths[j] * (slopes[j] - T.One);
    }
}
