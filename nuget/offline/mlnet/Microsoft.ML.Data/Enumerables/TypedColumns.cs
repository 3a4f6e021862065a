namespace Microsoft.ML.Data;

/// <summary>Which .NET types, data kinds and column types belong together.</summary>
internal static class TypedColumns
{
    private static readonly (DataKind Kind, Type Raw, PrimitiveDataViewType Type)[] Table =
    [
        (DataKind.SByte, typeof(sbyte), NumberDataViewType.SByte), (DataKind.Byte, typeof(byte), NumberDataViewType.Byte),
        (DataKind.Int16, typeof(short), NumberDataViewType.Int16), (DataKind.UInt16, typeof(ushort), NumberDataViewType.UInt16),
        (DataKind.Int32, typeof(int), NumberDataViewType.Int32), (DataKind.UInt32, typeof(uint), NumberDataViewType.UInt32),
        (DataKind.Int64, typeof(long), NumberDataViewType.Int64), (DataKind.UInt64, typeof(ulong), NumberDataViewType.UInt64),
        (DataKind.Single, typeof(float), NumberDataViewType.Single), (DataKind.Double, typeof(double), NumberDataViewType.Double),
        (DataKind.String, typeof(ReadOnlyMemory<char>), TextDataViewType.Instance), (DataKind.Boolean, typeof(bool), BooleanDataViewType.Instance),
        (DataKind.TimeSpan, typeof(TimeSpan), TimeSpanDataViewType.Instance), (DataKind.DateTime, typeof(DateTime), DateTimeDataViewType.Instance),
        (DataKind.DateTimeOffset, typeof(DateTimeOffset), DateTimeOffsetDataViewType.Instance),
    ];

    public static PrimitiveDataViewType TypeOf(DataKind kind)
    {
        foreach (var row in Table) if (row.Kind == kind) return row.Type;
        return null;
    }

    public static DataKind? KindOf(Type type)
    {
        if (type == typeof(string)) return DataKind.String;
        foreach (var row in Table) if (row.Raw == type) return row.Kind;
        return null;
    }

    public static PrimitiveDataViewType TypeOf(Type type)
    {
        if (type == typeof(DataViewRowId)) return RowIdDataViewType.Instance;
        return KindOf(type) is { } kind ? TypeOf(kind) : null;
    }

    /// <summary>How many values a key of that type can have beside the missing one.</summary>
    public static ulong MaxCount(Type raw) =>
        raw == typeof(byte) ? byte.MaxValue : raw == typeof(ushort) ? ushort.MaxValue : raw == typeof(uint) ? uint.MaxValue : ulong.MaxValue;

    /// <summary>The item type of an array or VBuffer, the type itself otherwise.</summary>
    public static Type ItemOf(Type member, out bool isVector)
    {
        isVector = true;
        if (member.IsArray) return member.GetElementType();
        if (member.IsGenericType && member.GetGenericTypeDefinition() == typeof(VBuffer<>)) return member.GetGenericArguments()[0];
        isVector = false;
        return member;
    }
}
