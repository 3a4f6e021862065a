namespace Microsoft.ML.Data;

internal static class ColumnTypes
{
    private static readonly PrimitiveDataViewType[] Primitives =
    [
        NumberDataViewType.SByte, NumberDataViewType.Byte, NumberDataViewType.Int16, NumberDataViewType.UInt16, NumberDataViewType.Int32, NumberDataViewType.UInt32,
        NumberDataViewType.Int64, NumberDataViewType.UInt64, NumberDataViewType.Single, NumberDataViewType.Double, TextDataViewType.Instance, BooleanDataViewType.Instance,
        TimeSpanDataViewType.Instance, DateTimeDataViewType.Instance, DateTimeOffsetDataViewType.Instance, RowIdDataViewType.Instance,
    ];

    /// The standard type with that raw type, or null. A string counts as text.
    public static PrimitiveDataViewType OrNull(Type rawType) =>
        rawType == typeof(string) ? TextDataViewType.Instance : Primitives.FirstOrDefault(p => p.RawType == rawType);

    public static PrimitiveDataViewType From(Type rawType) =>
        OrNull(rawType) ?? throw new ArgumentOutOfRangeException(nameof(rawType), $"Could not determine an {nameof(DataViewType)} for the type {rawType}");

    public static DataViewType GetItemType(this DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    public static ulong GetKeyCount(this DataViewType type) => type is KeyDataViewType key ? key.Count : 0;

    /// The number of keys as an array size; 0 where it is no key or too large.
    public static int GetKeyCountAsInt32(this DataViewType type) => type is KeyDataViewType { Count: <= int.MaxValue } key ? (int)key.Count : 0;

    public static int GetVectorSize(this DataViewType type) => type is VectorDataViewType vector ? vector.Size : 0;

    /// The number of values: 1 for scalars, 0 for vectors of unknown size.
    public static int GetValueCount(this DataViewType type) => type is VectorDataViewType vector ? vector.Size : 1;

    public static bool IsKnownSizeVector(this DataViewType type) => type is VectorDataViewType { IsKnownSize: true };
}
