using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>One argument of an operator, in the order of its schema.</summary>
internal readonly struct Arg
{
    internal enum Kind { Default, None, Tensor, Int, Double, Bool, Ints, Tensors, Device, String, Generator, Doubles, Complex }

    internal readonly object Object;
    internal readonly long Bits;
    internal readonly Kind Tag;

    Arg(Kind tag, object o, long bits) { Tag = tag; Object = o; Bits = bits; }

    internal static Arg Default => default;
    internal static Arg None => new(Kind.None, null, 0);
    internal static Arg OrDefault(Arg a) => a.Tag == Kind.None ? default : a;

    public static implicit operator Arg(Tensor t) => t is null ? None : new(Kind.Tensor, t, t.Handle);
    public static implicit operator Arg(Scalar s) => s is null ? None : s.Argument;
    public static implicit operator Arg(long v) => new(Kind.Int, null, v);
    public static implicit operator Arg(long? v) => v is { } x ? x : None;
    public static implicit operator Arg(double v) => new(Kind.Double, null, BitConverter.DoubleToInt64Bits(v));
    public static implicit operator Arg(double? v) => v is { } x ? x : None;
    public static implicit operator Arg(bool v) => new(Kind.Bool, null, v ? 1 : 0);
    public static implicit operator Arg(bool? v) => v is { } x ? x : None;
    public static implicit operator Arg(Complex v) => new(Kind.Complex, v, 0);
    public static implicit operator Arg(ScalarType t) => new(Kind.Int, null, (long)t);
    public static implicit operator Arg(ScalarType? t) => t is { } x ? x : None;
    public static implicit operator Arg(long[] v) => v is null ? None : new(Kind.Ints, v, v.Length);
    public static implicit operator Arg(ReadOnlySpan<long> v) => v.ToArray();
    public static implicit operator Arg(double[] v) => v is null ? None : new(Kind.Doubles, v, v.Length);
    public static implicit operator Arg(Tensor[] v) => v is null ? None : new(Kind.Tensors, v, v.Length);
    public static implicit operator Arg(string v) => v is null ? None : new(Kind.String, v, 0);
    public static implicit operator Arg(Device d) => d is null ? None : new(Kind.Device, null, d.Packed);
    public static implicit operator Arg(Generator g) => g is null ? None : new(Kind.Generator, g, g.Handle);

    /// <summary>The pointer-sized words that the list behind this argument takes.</summary>
    internal int Words => Tag switch
    {
        Kind.Ints or Kind.Tensors or Kind.Doubles => (int)Bits,
        Kind.String => Encoding.UTF8.GetByteCount((string)Object) / 8 + 1,
        Kind.Complex => 2,
        _ => 0
    };
}

/// <summary>
/// Calls operators of libtorch by their schema name: <c>Op.Call("add.Tensor", a, b)</c>. Arguments that are left out take the
/// schema's defaults. Names must be literals: operators are cached by reference.
/// </summary>
internal static unsafe class Op
{
    static readonly ConcurrentDictionary<string, nint> Handles = new(ReferenceEqualityComparer.Instance);

    static nint Find(string name) => Handles.TryGetValue(name, out var op) ? op : Handles[name] = Resolve(name);

    static nint Resolve(string name)
    {
        var dot = name.IndexOf('.');
        return Native.Check(Native.rt_op("aten::" + (dot < 0 ? name : name[..dot]), dot < 0 ? "" : name[(dot + 1)..]));
    }

    internal static Tensor Call(string name, params ReadOnlySpan<Arg> args)
    {
        Native.Value result;
        Invoke(name, args, &result, 1, null);
        return Tensor.Wrap(result.Pointer);
    }

    /// <summary>An in-place operator: its first argument is what it answers.</summary>
    internal static Tensor In(string name, params ReadOnlySpan<Arg> args)
    {
        Invoke(name, args, null, 0, null);
        return (Tensor)args[0].Object;
    }

    internal static (Tensor, Tensor) Call2(string name, params ReadOnlySpan<Arg> args)
    {
        var r = stackalloc Native.Value[2];
        Invoke(name, args, r, 2, null);
        return (Tensor.Wrap(r[0].Pointer), Tensor.Wrap(r[1].Pointer));
    }

    internal static (Tensor, Tensor, Tensor) Call3(string name, params ReadOnlySpan<Arg> args)
    {
        var r = stackalloc Native.Value[3];
        Invoke(name, args, r, 3, null);
        return (Tensor.Wrap(r[0].Pointer), Tensor.Wrap(r[1].Pointer), Tensor.Wrap(r[2].Pointer));
    }

    internal static (Tensor, Tensor, Tensor, Tensor) Call4(string name, params ReadOnlySpan<Arg> args)
    {
        var r = stackalloc Native.Value[4];
        Invoke(name, args, r, 4, null);
        return (Tensor.Wrap(r[0].Pointer), Tensor.Wrap(r[1].Pointer), Tensor.Wrap(r[2].Pointer), Tensor.Wrap(r[3].Pointer));
    }

    /// <summary>An operator that answers a list of tensors.</summary>
    internal static Tensor[] CallMany(string name, params ReadOnlySpan<Arg> args)
    {
        const int capacity = 32;
        var few = stackalloc Native.Value[capacity];
        Native.Value* many = null;
        var count = Invoke(name, args, few, capacity, &many);
        var from = many == null ? few : many;
        var tensors = new Tensor[count];
        for (var i = 0; i < count; i++) tensors[i] = Tensor.Wrap(from[i].Pointer);
        if (many != null) Native.rt_free(many);
        return tensors;
    }

    /// <summary>An operator that answers a number or a truth value.</summary>
    internal static Native.Value CallValue(string name, params ReadOnlySpan<Arg> args)
    {
        var r = stackalloc Native.Value[2];
        Invoke(name, args, r, 2, null);
        return r[0];
    }

    internal static bool Bool(string name, params ReadOnlySpan<Arg> args) => CallValue(name, args).Int != 0;

    static int Invoke(string name, ReadOnlySpan<Arg> args, Native.Value* results, int capacity, Native.Value** overflow)
    {
        var op = Find(name);
        var values = stackalloc Native.Value[args.Length];
        var words = 0;
        for (var i = 0; i < args.Length; i++) words += args[i].Words;
        if (words <= 64)
        {
            var scratch = stackalloc nint[words];
            return Invoke(op, args, values, scratch, results, capacity, overflow);
        }
        fixed (nint* scratch = new nint[words]) return Invoke(op, args, values, scratch, results, capacity, overflow);
    }

    static int Invoke(nint op, ReadOnlySpan<Arg> args, Native.Value* values, nint* scratch, Native.Value* results, int capacity, Native.Value** overflow)
    {
        for (var i = 0; i < args.Length; i++)
        {
            ref readonly var arg = ref args[i];
            values[i].Tag = (int)arg.Tag;
            values[i].Int = arg.Bits;
            if (arg.Tag < Arg.Kind.Ints || arg.Tag is Arg.Kind.Device or Arg.Kind.Generator) continue;
            values[i].Count = (int)arg.Bits;
            values[i].Pointer = (nint)scratch;
            switch (arg.Tag)
            {
                case Arg.Kind.Ints: ((long[])arg.Object).CopyTo(new Span<long>(scratch, values[i].Count)); break;
                case Arg.Kind.Doubles: ((double[])arg.Object).CopyTo(new Span<double>(scratch, values[i].Count)); break;
                case Arg.Kind.Complex: *(Complex*)scratch = (Complex)arg.Object; break;
                case Arg.Kind.String: values[i].Count = Encoding.UTF8.GetBytes((string)arg.Object, new Span<byte>(scratch, arg.Words * 8)); break;
                case Arg.Kind.Tensors:
                    var tensors = (Tensor[])arg.Object;
                    for (var k = 0; k < tensors.Length; k++) scratch[k] = tensors[k] is null ? 0 : tensors[k].Handle;
                    break;
            }
            scratch += arg.Words;
        }
        var count = Native.rt_call(op, values, args.Length, results, capacity, overflow);
        foreach (ref readonly var arg in args) GC.KeepAlive(arg.Object);
        return count >= 0 ? count : throw Native.Failure();
    }
}
