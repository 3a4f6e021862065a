using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Cli.Metrics;

/// <summary>A value of a view as the text that a file would have; what is missing is empty.</summary>
internal static class CellText
{
    public static Func<string> Reader(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        KeyDataViewType => Key(row, column),
        TextDataViewType => Reader<ReadOnlyMemory<char>>(row, column, v => v.ToString()),
        BooleanDataViewType => Reader<bool>(row, column, v => v ? "true" : "false"),
        { RawType: var t } when t == typeof(float) => Reader<float>(row, column, Text),
        { RawType: var t } when t == typeof(double) => Reader<double>(row, column, v => double.IsNaN(v) ? "" : v.ToString(CultureInfo.InvariantCulture)),
        { RawType: var t } when t == typeof(int) => Reader<int>(row, column, v => v.ToString(CultureInfo.InvariantCulture)),
        { RawType: var t } when t == typeof(long) => Reader<long>(row, column, v => v.ToString(CultureInfo.InvariantCulture)),
        { RawType: var t } when t == typeof(uint) => Reader<uint>(row, column, v => v.ToString(CultureInfo.InvariantCulture)),
        _ => throw new NotSupportedException($"Column '{column.Name}' must hold text, numbers, Booleans or keys, but holds {column.Type}."),
    };

    public static string Text(float value) => float.IsNaN(value) ? "" : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The values behind a key column, in the order of their numbers.</summary>
    public static string[] KeyValues(DataViewSchema.Column column)
    {
        var type = column.Annotations.Schema.GetColumnOrNull("KeyValues")?.Type
            ?? throw new NotSupportedException($"Column '{column.Name}' must carry the values of its keys, but has none.");
        return ((VectorDataViewType)type).ItemType switch
        {
            TextDataViewType => Values<ReadOnlyMemory<char>>(v => v.ToString()),
            BooleanDataViewType => Values<bool>(v => v ? "true" : "false"),
            { RawType: var t } when t == typeof(float) => Values<float>(Text),
            { RawType: var t } when t == typeof(double) => Values<double>(v => v.ToString(CultureInfo.InvariantCulture)),
            { RawType: var t } when t == typeof(int) => Values<int>(v => v.ToString(CultureInfo.InvariantCulture)),
            { RawType: var t } when t == typeof(long) => Values<long>(v => v.ToString(CultureInfo.InvariantCulture)),
            { RawType: var t } when t == typeof(uint) => Values<uint>(v => v.ToString(CultureInfo.InvariantCulture)),
            var item => throw new NotSupportedException($"The keys of column '{column.Name}' must stand for text or numbers, but stand for {item}."),
        };

        string[] Values<T>(Func<T, string> text)
        {
            VBuffer<T> values = default;
            column.Annotations.GetValue("KeyValues", ref values);
            return [.. values.DenseValues().Select(text)];
        }
    }

    private static Func<string> Key(DataViewRow row, DataViewSchema.Column column)
    {
        var names = KeyValues(column);
        var key = row.GetGetter<uint>(column);
        var value = 0u;
        return () => { key(ref value); return value == 0 ? "" : names[value - 1]; };
    }

    private static Func<string> Reader<T>(DataViewRow row, DataViewSchema.Column column, Func<T, string> text)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () => { getter(ref value); return text(value); };
    }
}
