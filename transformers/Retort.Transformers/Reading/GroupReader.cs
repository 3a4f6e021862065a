using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Numbers the groups of a key, text or integer column in the order in which they come.</summary>
internal static class GroupReader
{
    /// <param name="row">Where the groups are read.</param>
    /// <param name="column">The column.</param>
    /// <param name="numbers">The groups of the rows before, if there were any.</param>
    /// <exception cref="ArgumentException">The column's type has no groups.</exception>
    public static Func<long> Of(DataViewRow row, DataViewSchema.Column column, GroupNumbers? numbers = null) =>
        TryOf(row, column, numbers ?? new()) ?? throw Columns.WrongType(column.Name, "be a key, a text or an integer to group rows", column.Type);

    /// <summary>The same; null where the column's type has no groups.</summary>
    public static Func<long>? TryOf(DataViewRow row, DataViewSchema.Column column) => TryOf(row, column, new());

    /// <summary>The same, going on with the groups of the rows before; null where the column's type has no groups.</summary>
    public static Func<long>? TryOf(DataViewRow row, DataViewSchema.Column column, GroupNumbers numbers) =>
        column.Type is KeyDataViewType ? numbers.Of(Keys.Reader(row, column))
        : column.Type is TextDataViewType ? numbers.Of(Reader<ReadOnlyMemory<char>, string>(row, column, text => text.ToString()))
        : column.Type.RawType == typeof(int) ? numbers.Of(Reader<int, int>(row, column, value => value))
        : column.Type.RawType == typeof(uint) ? numbers.Of(Reader<uint, uint>(row, column, value => value))
        : column.Type.RawType == typeof(long) ? numbers.Of(Reader<long, long>(row, column, value => value))
        : column.Type.RawType == typeof(ulong) ? numbers.Of(Reader<ulong, ulong>(row, column, value => value))
        : null;

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

/// <summary>The numbers of groups by their values, over the views that a dataset is read from.</summary>
internal sealed class GroupNumbers
{
    private object? _numbers;
    private long _next;

    /// <summary>The values of the groups that have one, by their numbers.</summary>
    public IEnumerable<object> Values => (_numbers as System.Collections.IDictionary)?.Keys.Cast<object>() ?? [];

    /// <summary>A group of its own.</summary>
    public long New() => _next++;

    /// <summary>The number of the group that is read.</summary>
    public Func<long> Of<T>(Func<T> read) where T : notnull
    {
        var numbers = _numbers as Dictionary<T, long> ?? [];
        _numbers = numbers;
        return () =>
        {
            var group = read();
            if (!numbers.TryGetValue(group, out var number))
                numbers.Add(group, number = New());
            return number;
        };
    }
}
