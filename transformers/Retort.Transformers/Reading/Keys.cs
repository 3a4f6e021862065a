using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Reads key columns of any underlying integer: raw values from 1, 0 where missing.</summary>
internal static class Keys
{
    /// <summary>How many values the key has.</summary>
    /// <exception cref="ArgumentException">The column is no key, or has more values than an array can hold.</exception>
    public static int Count(DataViewSchema.Column column, string hint) => column.Type switch
    {
        KeyDataViewType { Count: <= int.MaxValue } key => (int)key.Count,
        KeyDataViewType key => throw new ArgumentException($"Column '{column.Name}' must be a key with a known number of values, but has {key.Count}; use MapValueToKey."),
        _ => throw Columns.WrongType(column.Name, hint, column.Type),
    };

    public static Func<ulong> Reader(DataViewRow row, DataViewSchema.Column column) =>
        column.Type.RawType == typeof(uint) ? Reader<uint>(row, column, value => value)
        : column.Type.RawType == typeof(byte) ? Reader<byte>(row, column, value => value)
        : column.Type.RawType == typeof(ushort) ? Reader<ushort>(row, column, value => value)
        : Reader<ulong>(row, column, value => value);

    private static Func<ulong> Reader<T>(DataViewRow row, DataViewSchema.Column column, Func<T, ulong> widen) where T : unmanaged
    {
        var get = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            get(ref value);
            return widen(value);
        };
    }
}
