using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static unsafe partial class torch
{
    static Device Place(Device device) => device is null ? defaultDevice : InitializeDevice(device);
    static Tensor Zeros(long[] size, ScalarType? dtype, Device device, bool requires_grad) => Op.Call("zeros", size, dtype, Arg.None, Place(device)).Grad(requires_grad);
    static Tensor Ones(long[] size, ScalarType? dtype, Device device, bool requires_grad) => Op.Call("ones", size, dtype, Arg.None, Place(device)).Grad(requires_grad);
    static Tensor Empty(long[] size, ScalarType? dtype, Device device, bool requires_grad) => Op.Call("empty.memory_format", size, dtype, Arg.None, Place(device)).Grad(requires_grad);
    static Tensor Full(long[] size, Scalar value, ScalarType? dtype, Device device, bool requires_grad) => Op.Call("full", size, value, dtype ?? Natural(value), Arg.None, Place(device)).Grad(requires_grad);
    static Tensor Rand(long[] size, ScalarType? dtype, Device device, bool requires_grad, Generator generator) => Op.Call("rand.generator", size, generator, dtype, Arg.None, Place(device)).Grad(requires_grad);
    static Tensor Randn(long[] size, ScalarType? dtype, Device device, bool requires_grad, Generator generator) => Op.Call("randn.generator", size, generator, dtype, Arg.None, Place(device)).Grad(requires_grad);
    static Tensor Randint(long low, long high, long[] size, ScalarType? dtype, Device device, bool requires_grad, Generator generator) =>
        Op.Call("randint.low_generator", low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, Place(device)).Grad(requires_grad);
    static ScalarType? Natural(Scalar value) => value.Type switch { ScalarType.Float64 or ScalarType.Float32 => null, ScalarType.ComplexFloat64 => ScalarType.ComplexFloat32, _ => ScalarType.Int64 };
    static Tensor Grad(this Tensor t, bool requires_grad) { if (requires_grad) t.requires_grad = true; return t; }

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device device = null, bool requires_grad = false, string[] names = null) =>
        Op.Call("eye.m", rows, columns < 0 ? rows : columns, dtype, Arg.None, Place(device)).Grad(requires_grad);
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => arange(0, stop, 1, dtype, device, requires_grad);
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => arange(start, stop, 1, dtype, device, requires_grad);
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
        Op.Call("arange.start_step", start, stop, step, dtype ?? (start.Type == ScalarType.Int64 && stop.Type == ScalarType.Int64 && step.Type == ScalarType.Int64 ? ScalarType.Int64 : get_default_dtype()), Arg.None, Place(device)).Grad(requires_grad);
    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Op.Call("linspace", start, end, steps, dtype, Arg.None, Place(device)).Grad(requires_grad);
    public static Tensor logspace(double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Op.Call("logspace", start, end, steps, @base, dtype, Arg.None, Place(device)).Grad(requires_grad);
    public static Tensor randperm(long n, ScalarType? dtype = null, Device device = null, bool requires_grad = false, Generator generator = null) =>
        Op.Call("randperm.generator", n, generator, dtype ?? ScalarType.Int64, Arg.None, Place(device)).Grad(requires_grad);
    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null, bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Empty(size.ToArray(), dtype, device, false).normal_(mean, std, generator).Grad(requires_grad);
    public static Tensor empty_strided(long[] size, long[] strides, ScalarType? dtype = null, Device device = null, bool requires_grad = false, string[] names = null) => Op.Call("empty_strided", size, strides, dtype, Arg.None, Place(device)).Grad(requires_grad);
    public static Tensor tril_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device device = null) => Op.Call("tril_indices", row, col, offset, dtype, Arg.None, Place(device));
    public static Tensor triu_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device device = null) => Op.Call("triu_indices", row, col, offset, dtype, Arg.None, Place(device));
    public static double rand_float(Generator generator = null) { using var t = Rand(new[] { 1L }, null, null, false, generator); return t.item<float>(); }
    public static double randn_float(Generator generator = null) { using var t = Randn(new[] { 1L }, null, null, false, generator); return t.item<float>(); }
    public static long randint_long(long high, Generator generator = null) => randint_long(0, high, generator);
    public static long randint_long(long low, long high, Generator generator = null) { using var t = Randint(low, high, new[] { 1L }, null, null, false, generator); return t.item<long>(); }
    public static int randint_int(int high, Generator generator = null) => (int)randint_long(0, high, generator);
    public static int randint_int(int low, int high, Generator generator = null) => (int)randint_long(low, high, generator);

    // From managed arrays

    [UnmanagedCallersOnly] static void Unpin(nint pin) => GCHandle.FromIntPtr(pin).Free();

    static Tensor One<T>(T scalar, ScalarType natural, ScalarType? dtype, Device device, bool requires_grad) where T : unmanaged =>
        From<T>(new[] { scalar }, Array.Empty<long>(), natural, dtype, device, requires_grad);

    /// <summary>A tensor over a pinned copy of the array, or over the array itself; the pin goes with the last tensor that looks at it.</summary>
    static Tensor From<T>(Array array, long[] dims, ScalarType natural, ScalarType? dtype, Device device, bool requires_grad, bool share = false) where T : unmanaged
    {
        dims ??= Enumerable.Range(0, array.Rank).Select(array.GetLongLength).ToArray();
        long count = 1;
        foreach (var d in dims) count *= d;
        if (count != array.LongLength) throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {array.LongLength}");
        Tensor result;
        var bytes = array.LongLength * Unsafe.SizeOf<T>();
        if (share && count > 0)
        {
            var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
            fixed (long* sizes = dims)
                result = Tensor.Wrap(Native.Check(Native.rt_from_blob(Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)), sizes, dims.Length, (int)natural, &Unpin, GCHandle.ToIntPtr(pin))));
        }
        else
        {
            result = Op.Call("empty.memory_format", dims, natural, Arg.None, CPU);
            fixed (byte* from = &MemoryMarshal.GetArrayDataReference(array)) Buffer.MemoryCopy(from, (void*)Native.rt_data(result.Handle), bytes, bytes);
        }
        var place = Place(device);
        var type = dtype ?? natural;
        if (place.type != DeviceType.CPU || type != natural)
            using (result) return result.to(type, place).Grad(requires_grad);
        return result.Grad(requires_grad);
    }

    public static Tensor tensor(float real, float imaginary, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => One((real, imaginary), ScalarType.ComplexFloat32, dtype, device, requires_grad);
    public static Tensor tensor(double real, double imaginary, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => One(new Complex(real, imaginary), ScalarType.ComplexFloat64, dtype, device, requires_grad);
    public static Tensor tensor((float, float) scalar, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => One(scalar, ScalarType.ComplexFloat32, dtype, device, requires_grad);
    public static Tensor tensor((double, double) scalar, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => One(new Complex(scalar.Item1, scalar.Item2), ScalarType.ComplexFloat64, dtype, device, requires_grad);
    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device device = null) => data.to(dtype ?? data.dtype, device ?? data.device);
    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device device = null) => Any(data, dtype, device, false, true);
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device device = null, bool requires_grad = false, string[] names = null) => Any(rawArray, dtype, device, requires_grad, true);
    public static Tensor from_array(Array rawArray, Device device = null) => Any(rawArray, null, device, false, true);
    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        using var whole = Any(rawArray, null, null, false, true);
        if (whole.dtype != dtype) throw new NotSupportedException("frombuffer with another type than the array's needs the TorchSharp package.");
        return whole.narrow(0, offset, count < 0 ? rawArray.LongLength - offset : count).Grad(requires_grad);
    }

    static Tensor Any(Array array, ScalarType? dtype, Device device, bool requires_grad, bool share) => array.GetType().GetElementType() switch
    {
        var t when t == typeof(bool) => From<bool>(array, null, ScalarType.Bool, dtype, device, requires_grad, share),
        var t when t == typeof(byte) => From<byte>(array, null, ScalarType.Byte, dtype, device, requires_grad, share),
        var t when t == typeof(sbyte) => From<sbyte>(array, null, ScalarType.Int8, dtype, device, requires_grad, share),
        var t when t == typeof(short) => From<short>(array, null, ScalarType.Int16, dtype, device, requires_grad, share),
        var t when t == typeof(int) => From<int>(array, null, ScalarType.Int32, dtype, device, requires_grad, share),
        var t when t == typeof(long) => From<long>(array, null, ScalarType.Int64, dtype, device, requires_grad, share),
        var t when t == typeof(Half) => From<Half>(array, null, ScalarType.Float16, dtype, device, requires_grad, share),
        var t when t == typeof(float) => From<float>(array, null, ScalarType.Float32, dtype, device, requires_grad, share),
        var t when t == typeof(double) => From<double>(array, null, ScalarType.Float64, dtype, device, requires_grad, share),
        var t when t == typeof(Complex) => From<Complex>(array, null, ScalarType.ComplexFloat64, dtype, device, requires_grad, share),
        var t when t == typeof((float, float)) => From<(float, float)>(array, null, ScalarType.ComplexFloat32, dtype, device, requires_grad, share),
        var t => throw new NotSupportedException($"Tensor type {t.Name} is not supported.")
    };
}
