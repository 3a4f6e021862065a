using Microsoft.ML;

namespace Retort;

/// <summary>A view that notes which of its columns are asked for.</summary>
internal sealed class RecordingView(IDataView data) : IDataView
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

    public long? GetRowCount() => data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => data.GetRowCursor(Note(columnsNeeded), rand);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => data.GetRowCursorSet(Note(columnsNeeded), n, rand);

    private DataViewSchema.Column[] Note(IEnumerable<DataViewSchema.Column> columns)
    {
        DataViewSchema.Column[] all = [.. columns];
        lock (_asked)
            _asked.UnionWith(all.Select(column => column.Index));
        return all;
    }
}
