using System.Collections;

namespace Microsoft.ML.Data;

/// A vector value that is dense, or sparse with sorted indices. Its arrays may be longer than it is and are reused by the next owner.
public readonly struct VBuffer<T> : IEnumerable
{
    private readonly T[] _values;
    private readonly int[] _indices;
    private readonly int _count;

    public readonly int Length;

    public bool IsDense => _count == Length;

    public VBuffer(int length, T[] values, int[] indices = null)
    {
        if (length < 0) throw new ArgumentOutOfRangeException(nameof(length));
        if ((values?.Length ?? 0) < length) throw new ArgumentOutOfRangeException(nameof(values));
        (Length, _count, _values, _indices) = (length, length, values, indices);
    }

    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        if (length < 0) throw new ArgumentOutOfRangeException(nameof(length));
        if (count < 0 || count > length) throw new ArgumentOutOfRangeException(nameof(count));
        if ((values?.Length ?? 0) < count) throw new ArgumentOutOfRangeException(nameof(values));
        if (count != length && (indices?.Length ?? 0) < count) throw new ArgumentOutOfRangeException(nameof(indices));
        (Length, _count, _values, _indices) = (length, count, values, indices);
    }

    internal (T[] Values, int[] Indices) Arrays => (_values, _indices);

    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    public void CopyToDense(ref VBuffer<T> destination)
    {
        if (IsDense) { CopyTo(ref destination); return; }
        var editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        if (!IsDense) GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        if (sourceIndex < 0 || sourceIndex > Length) throw new ArgumentOutOfRangeException(nameof(sourceIndex));
        if (length < 0 || sourceIndex + length > Length) throw new ArgumentOutOfRangeException(nameof(length));
        var (first, lim) = IsDense ? (sourceIndex, sourceIndex + length) : (Find(sourceIndex), Find(sourceIndex + length));
        var editor = VBufferEditor.Create(ref destination, length, lim - first);
        GetValues()[first..lim].CopyTo(editor.Values);
        if (lim - first < length)
            for (var i = first; i < lim; i++) editor.Indices[i - first] = _indices[i] - sourceIndex;
        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        if (destinationIndex < 0 || destinationIndex > destination.Length - Length) throw new ArgumentOutOfRangeException(nameof(destination), "Not large enough to hold these values.");
        var target = destination.Slice(destinationIndex, Length);
        if (IsDense) { GetValues().CopyTo(target); return; }
        target.Fill(_count == 0 ? default : defaultValue); // as the original: a vector without explicit values gives zeros
        for (var i = 0; i < _count; i++) target[_indices[i]] = _values[i];
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        if (length < 0 || length > (source?.Length ?? 0)) throw new ArgumentOutOfRangeException(nameof(length));
        if (sourceIndex < 0 || sourceIndex > (source?.Length ?? 0) - length) throw new ArgumentOutOfRangeException(nameof(sourceIndex));
        var editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        var (values, indices, count, length, dense) = (_values, _indices, _count, Length, IsDense);
        if (dense || !all)
        {
            for (var i = 0; i < count; i++) yield return new(dense ? i : indices[i], values[i]);
            yield break;
        }
        for (int i = 0, at = 0; i < length; i++)
            yield return at < count && indices[at] == i ? new(i, values[at++]) : new(i, default);
    }

    public IEnumerable<T> DenseValues() => Items(all: true).Select(item => item.Value);

    /// The whole array beneath, as the original gives it: unused capacity included.
    public IEnumerator GetEnumerator() => (_values ?? []).GetEnumerator();

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public T GetItemOrDefault(int index)
    {
        if ((uint)index >= (uint)Length) throw new ArgumentOutOfRangeException(nameof(index));
        if (IsDense) return _values[index];
        var at = Array.BinarySearch(_indices, 0, _count, index);
        return at >= 0 ? _values[at] : default;
    }

    private int Find(int index)
    {
        if (_count == 0) return 0;
        var at = Array.BinarySearch(_indices, 0, _count, index);
        return at >= 0 ? at : ~at;
    }

    public override string ToString() => IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {_count} explicit values";
}
