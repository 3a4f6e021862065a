using System.Collections.Immutable;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML
{
    public static class DebuggerExtensions
    {
        public static DataDebuggerPreview Preview(this IDataView data, int maxRows = 100) => new(data, maxRows);

        public static DataDebuggerPreview Preview(this IEstimator<ITransformer> estimator, IDataView data, int maxRows = 100, int maxTrainingRows = 100)
        {
            Contracts.CheckValue(estimator, nameof(estimator));
            Contracts.CheckValue(data, nameof(data));
            Contracts.CheckParam(maxRows >= 0, nameof(maxRows), "must be non-negative");
            Contracts.CheckParam(maxTrainingRows >= 0, nameof(maxTrainingRows), "must be non-negative");
            return new(estimator.Fit(new SkipTakeView(data, 0, maxTrainingRows)).Transform(data), maxRows);
        }

        public static DataDebuggerPreview Preview(this ITransformer transformer, IDataView data, int maxRows = 100)
        {
            Contracts.CheckValue(transformer, nameof(transformer));
            Contracts.CheckValue(data, nameof(data));
            return new(transformer.Transform(data), maxRows);
        }

        public static DataDebuggerPreview Preview<TSource>(this IDataLoader<TSource> loader, TSource source, int maxRows = 100)
        {
            Contracts.CheckValue(loader, nameof(loader));
            return new(loader.Load(source), maxRows);
        }
    }
}

namespace Microsoft.ML.Data
{
    /// <summary>The first rows of a view as objects, by row and by column.</summary>
    public sealed class DataDebuggerPreview
    {
        internal DataDebuggerPreview(IDataView data, int maxRows)
        {
            Contracts.CheckValue(data, nameof(data));
            if (maxRows < 0) throw new ArgumentOutOfRangeException(nameof(maxRows));
            Schema = data.Schema;
            var rows = ImmutableArray.CreateBuilder<RowInfo>();
            using (var cursor = data.GetRowCursor(Schema))
            {
                var getters = Schema.Select(c => Rows.Call<Func<object>>(null, typeof(DataDebuggerPreview), nameof(Boxed), c.Type.RawType, cursor, c)).ToArray();
                while (rows.Count < maxRows && cursor.MoveNext())
                    rows.Add(new RowInfo(Schema.Select((c, i) => new KeyValuePair<string, object>(c.Name, getters[i]())).ToArray()));
            }
            RowView = rows.ToImmutable();
            ColumnView = Schema.Select(c => new ColumnInfo(c, RowView.Select(r => r.Values[c.Index].Value).ToArray())).ToImmutableArray();
        }

        public DataViewSchema Schema { get; }

        public ImmutableArray<ColumnInfo> ColumnView { get; }

        public ImmutableArray<RowInfo> RowView { get; }

        public override string ToString() => $"{Schema.Count} columns, {RowView.Length} rows";

        private static Func<object> Boxed<T>(DataViewRow row, DataViewSchema.Column column)
        {
            var getter = row.GetGetter<T>(column);
            return () =>
            {
                T value = default;
                getter(ref value);
                return value;
            };
        }

        public sealed class ColumnInfo
        {
            internal ColumnInfo(DataViewSchema.Column column, object[] values) => (Column, Values) = (column, values);

            public DataViewSchema.Column Column { get; }

            public object[] Values { get; }

            public override string ToString() => $"{Column.Name}: {Column.Type}";
        }

        public sealed class RowInfo
        {
            internal RowInfo(KeyValuePair<string, object>[] values) => Values = values;

            public KeyValuePair<string, object>[] Values { get; }

            public override string ToString() => $"{Values.Length} columns";
        }
    }
}
