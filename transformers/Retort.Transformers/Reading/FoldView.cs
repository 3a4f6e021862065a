using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The rows of one fold, or of all others.</summary>
/// <param name="input">All rows.</param>
/// <param name="foldOf">The fold of each, in the view's order.</param>
/// <param name="fold">Which fold.</param>
/// <param name="others">Whether the rows of the other folds are given instead.</param>
internal sealed class FoldView(IDataView input, byte[] foldOf, int fold, bool others) : IDataView
{
    private readonly long _rows = foldOf.Count(f => f == fold != others);

    public DataViewSchema Schema => input.Schema;

    // rows are known by their places
    public bool CanShuffle => false;

    public long? GetRowCount() => _rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(input.GetRowCursor(columnsNeeded), foldOf, fold, others);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(DataViewRowCursor source, byte[] foldOf, int fold, bool others) : DataViewRowCursor
    {
        private long _position = -1, _row = -1;

        public override DataViewSchema Schema => source.Schema;

        public override long Position => _position;

        public override long Batch => source.Batch;

        public override bool MoveNext()
        {
            while (source.MoveNext())
            {
                if (++_row >= foldOf.Length)
                    throw new InvalidOperationException($"The data must have the same rows every time it is read, but had {foldOf.Length} and now has more.");
                if (foldOf[_row] == fold == others)
                    continue;
                _position++;
                return true;
            }

            _position = -1;
            return false;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => source.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
