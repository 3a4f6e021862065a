using System.Numerics;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Numeric;

/// The few vector operations that the optimisers need, in double precision.
internal static class Dense
{
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var va = MemoryMarshal.Cast<double, Vector<double>>(a);
        var vb = MemoryMarshal.Cast<double, Vector<double>>(b);
        var sum = Vector<double>.Zero;
        for (var i = 0; i < va.Length; i++)
            sum += va[i] * vb[i];
        var total = Vector.Sum(sum);
        for (var i = va.Length * Vector<double>.Count; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }

    /// y += scale * x
    public static void Add(double scale, ReadOnlySpan<double> x, Span<double> y)
    {
        var vx = MemoryMarshal.Cast<double, Vector<double>>(x);
        var vy = MemoryMarshal.Cast<double, Vector<double>>(y);
        var factor = new Vector<double>(scale);
        for (var i = 0; i < vx.Length; i++)
            vy[i] += factor * vx[i];
        for (var i = vx.Length * Vector<double>.Count; i < x.Length; i++)
            y[i] += scale * x[i];
    }

    public static void Scale(double scale, Span<double> x)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] *= scale;
    }
}
