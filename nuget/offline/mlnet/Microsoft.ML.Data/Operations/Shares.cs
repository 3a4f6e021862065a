using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A number in [0, 1) for each row, fixed for a seed: from its place, and then rows are read in their order alone, or from a column's value, so that equal values stay together.</summary>
internal static class Shares
{
    public static FilterView Filter(IDataView data, string keyColumn, ulong seed, double from, double to, bool complement)
    {
        var column = keyColumn == null ? (DataViewSchema.Column?)null : data.Schema[keyColumn];
        return new FilterView(data, column == null ? [] : [column.Value.Index], cursor =>
        {
            var share = column == null ? OfPlace(seed) : Of(cursor, column.Value, seed);
            return () => share() is var s && (s >= from && s < to) != complement;
        }, canShuffle: column != null);
    }

    private static Func<double> OfPlace(ulong seed)
    {
        ulong place = 0;
        return () => ToShare(Mix(Mix(seed, 0), place++));
    }

    private static Func<double> Of(DataViewRow row, DataViewSchema.Column column, ulong seed)
    {
        if (column.Type is TextDataViewType)
        {
            var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> text = default;
            return () =>
            {
                getter(ref text);
                return ToShare(OfText(seed, text.Span));
            };
        }
        return Rows.Call<Func<double>>(null, typeof(Shares), column.Type is VectorDataViewType ? nameof(OfVector) : nameof(OfScalar),
            column.Type.GetItemType().RawType, row, column, seed);
    }

    private static Func<double> OfScalar<T>(DataViewRow row, DataViewSchema.Column column, ulong seed)
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            return ToShare(Mix(seed, Bits(value)));
        };
    }

    private static Func<double> OfVector<T>(DataViewRow row, DataViewSchema.Column column, ulong seed)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> values = default;
        return () =>
        {
            getter(ref values);
            var hash = Mix(seed, (ulong)values.Length);
            foreach (var (index, value) in values.Items()) if (Bits(value) is var bits and not 0) hash = Mix(Mix(hash, (ulong)index), bits);
            return ToShare(hash);
        };
    }

    private static ulong Bits<T>(T value) => value switch
    {
        float f => BitConverter.SingleToUInt32Bits(f == 0 ? 0 : f),
        double d => BitConverter.DoubleToUInt64Bits(d == 0 ? 0 : d),
        bool b => b ? 1UL : 0,
        ReadOnlyMemory<char> m => OfText(0, m.Span),
        TimeSpan t => (ulong)t.Ticks,
        DateTime t => (ulong)t.Ticks,
        DateTimeOffset t => (ulong)t.UtcTicks,
        DataViewRowId id => Mix(id.Low, id.High),
        ulong u => u,
        IConvertible c => unchecked((ulong)c.ToInt64(null)),
        _ => throw Contracts.ExceptNotSupp($"Rows cannot be sampled by values of type {typeof(T)}"),
    };

    private static ulong OfText(ulong seed, ReadOnlySpan<char> text)
    {
        var hash = Mix(seed, (ulong)text.Length);
        foreach (var c in text) hash = (hash ^ c) * 0x100000001B3;
        return Mix(hash, 0);
    }

    private static double ToShare(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong a, ulong b)
    {
        var x = a ^ b + 0x9E3779B97F4A7C15 + (a << 6) + (a >> 2);
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        return x ^ x >> 31;
    }
}
