using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A view that notes which of its columns are asked for.</summary>
/// <param name="data">The view.</param>
/// <param name="isEmpty">Whether it gives no rows: a transformer may read ahead on threads of its own as soon as a cursor is there.</param>
internal sealed class RecordingView(IDataView data, bool isEmpty = false) : IDataView
{
    private readonly SortedSet<int> _asked = [];

    public DataViewSchema Schema => data.Schema;

    public bool CanShuffle => data.CanShuffle;

    /// <summary>The columns that any cursor so far was asked for, by their places.</summary>
    public int[] Asked
    {
        get
        {
            lock (_asked)
                return [.. _asked];
        }
    }

    public long? GetRowCount() => isEmpty ? 0 : data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        Note(columnsNeeded) is var columns && isEmpty ? new NoRows(Schema, columns) : data.GetRowCursor(columns, rand);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        isEmpty ? [GetRowCursor(columnsNeeded)] : data.GetRowCursorSet(Note(columnsNeeded), n, rand);

    private DataViewSchema.Column[] Note(IEnumerable<DataViewSchema.Column> columns)
    {
        DataViewSchema.Column[] all = [.. columns];
        lock (_asked)
            _asked.UnionWith(all.Select(column => column.Index));
        return all;
    }

    private sealed class NoRows(DataViewSchema schema, DataViewSchema.Column[] columns) : DataViewRowCursor
    {
        public override DataViewSchema Schema => schema;

        public override long Position => -1;

        public override long Batch => 0;

        public override bool MoveNext() => false;

        public override bool IsColumnActive(DataViewSchema.Column column) => columns.Any(active => active.Index == column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => Getter<DataViewRowId>();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Getter<TValue>();

        private static ValueGetter<T> Getter<T>() => (ref T _) => throw new InvalidOperationException("A row must be there to be read, but is not.");
    }
}
