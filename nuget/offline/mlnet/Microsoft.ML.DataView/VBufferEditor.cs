namespace Microsoft.ML.Data;

public static class VBufferEditor
{
    public static VBufferEditor<T> CreateFromBuffer<T>(ref VBuffer<T> destination)
    {
        var (values, indices) = destination.Arrays;
        return new VBufferEditor<T>(destination.Length, destination.GetValues().Length, values, indices, false, false, false);
    }

    public static VBufferEditor<T> Create<T>(ref VBuffer<T> destination, int newLogicalLength, int? valuesCount = null, int? maxValuesCapacity = null, bool keepOldOnResize = false, bool requireIndicesOnDense = false)
    {
        if (newLogicalLength < 0) throw new ArgumentOutOfRangeException(nameof(newLogicalLength));
        if (valuesCount < 0) throw new ArgumentOutOfRangeException(nameof(valuesCount));
        if (valuesCount > newLogicalLength) throw new ArgumentOutOfRangeException(nameof(valuesCount), "If specified, must be no greater than newLogicalLength");
        if (maxValuesCapacity < 0 || maxValuesCapacity > newLogicalLength) throw new ArgumentOutOfRangeException(nameof(maxValuesCapacity));
        var count = valuesCount ?? newLogicalLength;
        var capacity = maxValuesCapacity ?? newLogicalLength;
        var (values, indices) = destination.Arrays;
        var newValues = Ensure(ref values, count, capacity, keepOldOnResize);
        var newIndices = (requireIndicesOnDense || count < newLogicalLength) && Ensure(ref indices, count, capacity, keepOldOnResize);
        return new VBufferEditor<T>(newLogicalLength, count, values, indices, requireIndicesOnDense, newValues, newIndices);
    }

    private static bool Ensure<T>(ref T[] array, int count, int capacity, bool keepOld)
    {
        if (count == 0 && array == null || (array?.Length ?? 0) >= count) return false;
        var size = Math.Max(Math.Max(count, 4), Math.Min(capacity, 2 * (array?.Length ?? 0)));
        if (keepOld) Array.Resize(ref array, size); else array = new T[size];
        return true;
    }
}

public readonly ref struct VBufferEditor<T>
{
    private readonly int _logicalLength;
    private readonly T[] _values;
    private readonly int[] _indices;

    public readonly Span<T> Values;

    public readonly Span<int> Indices;

    public bool CreatedNewValues { get; }

    public bool CreatedNewIndices { get; }

    internal VBufferEditor(int logicalLength, int count, T[] values, int[] indices, bool requireIndicesOnDense, bool createdNewValues, bool createdNewIndices)
    {
        (_logicalLength, _values, _indices) = (logicalLength, values, indices);
        Values = values.AsSpan(0, count);
        Indices = requireIndicesOnDense || count < logicalLength ? indices.AsSpan(0, count) : default;
        (CreatedNewValues, CreatedNewIndices) = (createdNewValues, createdNewIndices);
    }

    public VBuffer<T> Commit() => new(_logicalLength, Values.Length, _values, _indices);

    public VBuffer<T> CommitTruncated(int physicalValuesCount)
    {
        if (physicalValuesCount > Values.Length)
            throw new ArgumentOutOfRangeException(nameof(physicalValuesCount), "Updating physicalValuesCount during CommitTruncated cannot be greater than the original physicalValuesCount value used in Create.");
        return new(_logicalLength, physicalValuesCount, _values, _indices);
    }
}
