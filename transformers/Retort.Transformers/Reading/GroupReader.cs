using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Numbers the groups of a key, text or integer column in the order in which they come.</summary>
internal static class GroupReader
{
    /// <exception cref="ArgumentException">The column's type has no groups.</exception>
    public static Func<long> Of(DataViewRow row, DataViewSchema.Column column) =>
        TryOf(row, column) ?? throw Columns.WrongType(column.Name, "be a key, a text or an integer to group rows", column.Type);

    /// <summary>The same; null where the column's type has no groups.</summary>
    public static Func<long>? TryOf(DataViewRow row, DataViewSchema.Column column) =>
        column.Type is KeyDataViewType ? Of(Keys.Reader(row, column))
        : column.Type is TextDataViewType ? Of(Reader<ReadOnlyMemory<char>, string>(row, column, text => text.ToString()))
        : column.Type.RawType == typeof(int) ? Of(Reader<int, int>(row, column, value => value))
        : column.Type.RawType == typeof(uint) ? Of(Reader<uint, uint>(row, column, value => value))
        : column.Type.RawType == typeof(long) ? Of(Reader<long, long>(row, column, value => value))
        : column.Type.RawType == typeof(ulong) ? Of(Reader<ulong, ulong>(row, column, value => value))
        : null;

    private static Func<long> Of<T>(Func<T> read) where T : notnull
    {
        var numbers = new Dictionary<T, long>();
        return () =>
        {
            var group = read();
            if (!numbers.TryGetValue(group, out var number))
                numbers.Add(group, number = numbers.Count);
            return number;
        };
    }

    private static Func<TKey> Reader<T, TKey>(DataViewRow row, DataViewSchema.Column column, Func<T, TKey> convert)
    {
        var get = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            get(ref value);
            return convert(value);
        };
    }
}
