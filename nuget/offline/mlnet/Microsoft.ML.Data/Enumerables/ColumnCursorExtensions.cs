using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.GetColumn<T>(data.Schema[columnName]);
    }

    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (column.Index >= data.Schema.Count || data.Schema[column.Index] is var own && (own.Name != column.Name || !own.Type.Equals(column.Type)))
            throw Contracts.ExceptParam(nameof(column), $"column with name {column.Name}, type {column.Type}, and index {column.Index} cannot be found in data");
        var type = column.Type;
        if (type.RawType == typeof(T)) return Rows<T, T>(data, column, (ref T value) => value);
        if (typeof(T) == typeof(string) && type is TextDataViewType)
            return (IEnumerable<T>)Rows<ReadOnlyMemory<char>, string>(data, column, (ref ReadOnlyMemory<char> value) => value.ToString());
        if (typeof(T).IsArray && type is VectorDataViewType vector)
        {
            if (typeof(T) == typeof(string[]) && vector.ItemType is TextDataViewType)
                return (IEnumerable<T>)Rows<VBuffer<ReadOnlyMemory<char>>, string[]>(data, column,
                    (ref VBuffer<ReadOnlyMemory<char>> value) => value.DenseValues().Select(t => t.ToString()).ToArray());
            if (vector.ItemType.RawType == typeof(T).GetElementType())
                return (IEnumerable<T>)typeof(ColumnCursorExtensions).GetMethod(nameof(Arrays), BindingFlags.NonPublic | BindingFlags.Static)
                    .MakeGenericMethod(typeof(T).GetElementType()).Invoke(null, [data, column]);
        }
        else if (typeof(T).IsArray) throw Contracts.ExceptParam(nameof(column), $"Cannot load vector type, {type}, specified in column to the user-defined type, {typeof(T)}.");
        throw Contracts.ExceptParam(nameof(column), $"Cannot map column (name: {column.Name}, type: {type}) in data to the user-defined type, {typeof(T)}.");
    }

    private delegate TOut Convert<TIn, TOut>(ref TIn value);

    private static IEnumerable<TItem[]> Arrays<TItem>(IDataView data, DataViewSchema.Column column) =>
        Rows<VBuffer<TItem>, TItem[]>(data, column, (ref VBuffer<TItem> value) =>
        {
            var items = new TItem[value.Length];
            value.CopyTo(items);
            return items;
        });

    private static IEnumerable<TOut> Rows<TIn, TOut>(IDataView data, DataViewSchema.Column column, Convert<TIn, TOut> convert)
    {
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<TIn>(column);
        while (cursor.MoveNext())
        {
            TIn value = default;
            getter(ref value);
            yield return convert(ref value);
        }
    }
}
