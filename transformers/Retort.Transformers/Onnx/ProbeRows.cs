using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Rows made by hand, to see what a fitted step makes of them.</summary>
/// <param name="schema">Their columns.</param>
/// <param name="rows">For each row a value for each column, of the column's own type.</param>
internal sealed class ProbeRows(DataViewSchema schema, IReadOnlyList<object[]> rows) : IDataView
{
    public DataViewSchema Schema => schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => rows.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(schema, rows);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewSchema schema, IReadOnlyList<object[]> rows) : DataViewRowCursor
    {
        private int _row = -1;

        public override DataViewSchema Schema => schema;

        public override long Position => _row;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            _row = _row < rows.Count - 1 ? _row + 1 : -1;
            return _row >= 0;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => (ref TValue value) => value = (TValue)rows[_row][column.Index];
    }
}
