using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number of some type. The original owns native memory; this one owns none, but is as dead once disposed.</summary>
public sealed class Scalar : IDisposable
{
    readonly Arg argument;
    readonly ScalarType type;
    bool disposed;

    Scalar(Arg argument, ScalarType type) { this.argument = argument; this.type = type; }

    internal Arg Argument => disposed ? throw new ObjectDisposedException(nameof(Scalar)) : argument;
    public ScalarType Type => disposed ? throw new ObjectDisposedException(nameof(Scalar)) : type;

    internal static Scalar Of(long v, ScalarType t) => new(v, t);
    internal static Scalar Of(double v, ScalarType t) => new(v, t);
    internal static Scalar Of(bool v) => new(v, ScalarType.Bool);
    internal static Scalar Of(Complex v, ScalarType t) => new(v, t);

    public static implicit operator Scalar(byte value) => Of((long)value, ScalarType.Int64);
    public static implicit operator Scalar(sbyte value) => Of((long)value, ScalarType.Int64);
    public static implicit operator Scalar(short value) => Of((long)value, ScalarType.Int64);
    public static implicit operator Scalar(int value) => Of((long)value, ScalarType.Int64);
    public static implicit operator Scalar(long value) => Of(value, ScalarType.Int64);
    public static implicit operator Scalar(Half value) => Of((double)value, ScalarType.Float64);
    public static implicit operator Scalar(float value) => Of((double)value, ScalarType.Float64);
    public static implicit operator Scalar(double value) => Of(value, ScalarType.Float64);
    public static implicit operator Scalar(bool value) => Of(value);
    public static implicit operator Scalar(Complex value) => Of(value, ScalarType.ComplexFloat64);
    public static implicit operator Scalar((float, float) value) => Of(new Complex(value.Item1, value.Item2), ScalarType.ComplexFloat64);

    public void Dispose() => disposed = true;

    internal double Real => Argument is var a && a.Tag == Arg.Kind.Double ? BitConverter.Int64BitsToDouble(a.Bits)
        : a.Tag == Arg.Kind.Complex ? ((Complex)a.Object).Real : a.Bits;
    internal long Integer => Argument is var a && a.Tag is Arg.Kind.Int or Arg.Kind.Bool ? a.Bits : checked((long)Real);
    internal Complex Complex => Argument is var a && a.Tag == Arg.Kind.Complex ? (Complex)a.Object : new Complex(Real, 0);
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;
    public static Scalar ToScalar(this sbyte value) => value;
    public static Scalar ToScalar(this short value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this Half value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;
    public static Scalar ToScalar(this Complex value) => value;
    public static Scalar ToScalar(this (float, float) value) => value;
    public static Scalar ToBFloat16Scalar(this float value) => value;

    public static bool ToBoolean(this Scalar value) => value.Real != 0;
    public static byte ToByte(this Scalar value) => checked((byte)value.Integer);
    public static sbyte ToSByte(this Scalar value) => checked((sbyte)value.Integer);
    public static short ToInt16(this Scalar value) => checked((short)value.Integer);
    public static int ToInt32(this Scalar value) => checked((int)value.Integer);
    public static long ToInt64(this Scalar value) => value.Integer;
    public static Half ToHalf(this Scalar value) => (Half)value.Real;
    public static float ToSingle(this Scalar value) => (float)value.Real;
    public static double ToDouble(this Scalar value) => value.Real;
    public static (float, float) ToComplexFloat32(this Scalar value) => ((float)value.Complex.Real, (float)value.Complex.Imaginary);
    public static Complex ToComplexFloat64(this Scalar value) => value.Complex;
}
