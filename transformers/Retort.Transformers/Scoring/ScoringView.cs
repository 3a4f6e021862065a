using Microsoft.ML;

namespace Retort;

/// <summary>Rows with their scores. Nothing is read or computed before a cursor moves.</summary>
internal sealed class ScoringView(ScoreBinding binding, IDataView input) : IDataView
{
    public DataViewSchema Schema => binding.Output;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] wanted = [.. columnsNeeded];
        var source = input.GetRowCursor(binding.Needed(wanted), rand);
        return wanted.Any(binding.IsAdded)
            ? binding.Cursor(binding.Active(wanted), source)
            : new RowwiseCursor(binding, binding.Active(wanted), source);
    }

    // One: a block is scored at once, and rows stay in order.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
