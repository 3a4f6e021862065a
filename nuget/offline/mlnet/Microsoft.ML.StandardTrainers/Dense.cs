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

    /// The products of four vectors with one.
    public static (double, double, double, double) Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<double> c, ReadOnlySpan<double> d, ReadOnlySpan<double> x)
    {
        var va = MemoryMarshal.Cast<double, Vector<double>>(a);
        var vb = MemoryMarshal.Cast<double, Vector<double>>(b);
        var vc = MemoryMarshal.Cast<double, Vector<double>>(c);
        var vd = MemoryMarshal.Cast<double, Vector<double>>(d);
        var vx = MemoryMarshal.Cast<double, Vector<double>>(x);
        Vector<double> sa = default, sb = default, sc = default, sd = default;
        for (var i = 0; i < vx.Length; i++)
        {
            var value = vx[i];
            sa += va[i] * value;
            sb += vb[i] * value;
            sc += vc[i] * value;
            sd += vd[i] * value;
        }
        var (ta, tb, tc, td) = (Vector.Sum(sa), Vector.Sum(sb), Vector.Sum(sc), Vector.Sum(sd));
        for (var i = vx.Length * Vector<double>.Count; i < x.Length; i++)
            (ta, tb, tc, td) = (ta + a[i] * x[i], tb + b[i] * x[i], tc + c[i] * x[i], td + d[i] * x[i]);
        return (ta, tb, tc, td);
    }

    /// y += s a + t b + u c + v d
    public static void Add(double s, ReadOnlySpan<double> a, double t, ReadOnlySpan<double> b, double u, ReadOnlySpan<double> c, double v, ReadOnlySpan<double> d, Span<double> y)
    {
        var va = MemoryMarshal.Cast<double, Vector<double>>(a);
        var vb = MemoryMarshal.Cast<double, Vector<double>>(b);
        var vc = MemoryMarshal.Cast<double, Vector<double>>(c);
        var vd = MemoryMarshal.Cast<double, Vector<double>>(d);
        var vy = MemoryMarshal.Cast<double, Vector<double>>(y);
        var (vs, vt, vu, vv) = (new Vector<double>(s), new Vector<double>(t), new Vector<double>(u), new Vector<double>(v));
        for (var i = 0; i < vy.Length; i++)
            vy[i] += vs * va[i] + vt * vb[i] + (vu * vc[i] + vv * vd[i]);
        for (var i = vy.Length * Vector<double>.Count; i < y.Length; i++)
            y[i] += s * a[i] + t * b[i] + (u * c[i] + v * d[i]);
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
