using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The rows of a table, and mixtures of them, made as they are read.</summary>
internal sealed class MixedView(MixedTable table) : IDataView
{
    public DataViewSchema Schema => table.Schema;

    public bool CanShuffle => true;

    public long? GetRowCount() => table.Rows.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        table.Load(columns);
        return new Cursor(table, columns, rand is null ? null : new Generator((ulong)rand.NextInt64()).Permutation(table.Rows.Count));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly MixedTable _table;
        private readonly bool[] _active;
        private readonly long[]? _order;
        private readonly MadeRow _made = new();
        private long _position = -1, _next;

        public Cursor(MixedTable table, DataViewSchema.Column[] columns, long[]? order)
        {
            (_table, _active, _order) = (table, new bool[table.Schema.Count], order);
            foreach (var column in columns)
                _active[column.Index] = true;
        }

        public override DataViewSchema Schema => _table.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            if (_next >= _table.Rows.Count)
            {
                _position = -1;
                return false;
            }

            _position = _next++;
            _table.Rows.Go(Row, _made);
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)Row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            !_active[column.Index] ? throw new InvalidOperationException($"Column '{column.Name}' must be asked for when the cursor is made, but was not.")
            : _table.Getter(column.Index, _made) as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"Column '{column.Name}' must be read as {column.Type.RawType.Name}, but is read as {typeof(TValue).Name}.");

        private long Row => _order is null ? _position : _order[_position];
    }
}
