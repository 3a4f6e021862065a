using System.Collections;
using System.Runtime.CompilerServices;

namespace TorchSharp.Utils;

/// <summary>The values of a tensor in its logical order, strides respected. Tensors of other devices are copied.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : struct
{
    readonly torch.Tensor tensor;
    readonly void* data;
    readonly long[] sizes, strides;
    readonly bool contiguous;

    internal TensorAccessor(torch.Tensor t)
    {
        if (t.device_type != DeviceType.CPU) t = t.cpu();
        tensor = t;
        data = Native.rt_data(t.Handle);
        if (data == null && t.numel() > 0) throw Native.Failure();
        (sizes, strides, contiguous) = (t.shape, t.stride(), t.is_contiguous());
    }

    public long Count => tensor.numel();
    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get
        {
            var value = Unsafe.Read<T>(At(indices));
            GC.KeepAlive(tensor);
            return value;
        }
        set
        {
            Unsafe.Write(At(indices), value);
            GC.KeepAlive(tensor);
        }
    }

    void* At(long[] indices)
    {
        if (tensor.IsInvalid) throw new InvalidOperationException("Tensor invalid -- empty handle.");
        long offset = 0;
        if (indices.Length == 1)
        {
            if (indices[0] < 0) throw new ArgumentOutOfRangeException($"{indices[0]} in a collection of  ${Count} elements.");
            if (indices[0] >= Count) throw new IndexOutOfRangeException();
            offset = Offset(indices[0]);
        }
        else
        {
            if (indices.Length != sizes.Length) throw new ArgumentException("indices");
            for (var d = 0; d < indices.Length; d++)
            {
                if (indices[d] < 0 || indices[d] >= sizes[d]) throw new IndexOutOfRangeException();
                offset += indices[d] * strides[d];
            }
        }
        return (byte*)data + offset * Unsafe.SizeOf<T>();
    }

    long Offset(long index)
    {
        if (contiguous) return index;
        long offset = 0;
        for (var d = sizes.Length - 1; d >= 0; d--) { offset += index % sizes[d] * strides[d]; index /= sizes[d]; }
        return offset;
    }

    Span<T> Span => new(data, checked((int)Count));

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    public Array ToNDArray()
    {
        if (sizes.Length == 0) return new[] { this[0L] };
        var array = Array.CreateInstance(typeof(T), sizes);
        ToArray().AsSpan().CopyTo(System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array)), array.Length));
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        _ = tensor.Handle;
        if (contiguous) Span[(int)tensorIndex..].CopyTo(array[arrayIndex..]);
        else for (var i = tensorIndex; i < Count; i++) array[arrayIndex++] = ((T*)data)[Offset(i)];
        GC.KeepAlive(tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        _ = tensor.Handle;
        for (var i = tensorIndex; i < Count && arrayIndex < array.Length; i++) ((T*)data)[Offset(i)] = array[arrayIndex++];
        GC.KeepAlive(tensor);
    }

    public IEnumerator<T> GetEnumerator() { for (long i = 0; i < Count; i++) yield return this[i]; }
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object obj) => obj is TensorAccessor<T> other && this.SequenceEqual(other);
    public override int GetHashCode() => base.GetHashCode();
    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) => left.Equals(right);
    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !left.Equals(right);
    public void Dispose() { }
}
