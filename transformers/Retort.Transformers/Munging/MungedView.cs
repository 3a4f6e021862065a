using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Rows that were made, in memory.</summary>
internal sealed class MungedView : IDataView
{
    private readonly MungedColumn[] _columns;
    private readonly long _rows;

    public MungedView(MungedColumn[] columns, long rows)
    {
        (_columns, _rows) = (columns, rows);
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
            builder.AddColumn(column.Column.Name, column.Column.Type, column.Column.Annotations);
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly MungedView _view;
        private readonly bool[] _active;
        private long _position = -1, _next;

        public Cursor(MungedView view, IEnumerable<DataViewSchema.Column> columns)
        {
            (_view, _active) = (view, new bool[view.Schema.Count]);
            foreach (var column in columns)
                _active[column.Index] = true;
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            if (_next >= _view._rows)
            {
                _position = -1;
                return false;
            }

            _position = _next++;
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            !_active[column.Index] ? throw new InvalidOperationException($"Column '{column.Name}' must be asked for when the cursor is made, but was not.")
            : _view._columns[column.Index].Getter(() => _position) as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"Column '{column.Name}' must be read as {column.Type.RawType.Name}, but is read as {typeof(TValue).Name}.");
    }
}
