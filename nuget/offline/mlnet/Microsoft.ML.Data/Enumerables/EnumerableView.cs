namespace Microsoft.ML.Data;

/// <summary>Objects as rows. A list knows its length and can be read in any order; other sequences are read as they come.</summary>
internal sealed class EnumerableView<TRow>(IEnumerable<TRow> data, InputColumns<TRow> columns) : SourceView(columns.Schema) where TRow : class
{
    private readonly IList<TRow> _list = data as IList<TRow>;

    public override bool CanShuffle => _list != null;

    public override long? GetRowCount() => _list?.Count;

    protected override DataViewRowCursor Cursor(bool[] active, Random rand) =>
        _list != null ? new ListCursor(columns, active, _list, rand) : new StreamCursor(columns, active, data);

    private sealed class ListCursor(InputColumns<TRow> columns, bool[] active, IList<TRow> list, Random rand) : SourceCursor(columns.Schema, active)
    {
        private readonly Holder<TRow> _holder = new();
        private readonly int[] _order = rand == null ? null : Permutation.Of(list.Count, rand);

        protected override bool Advance()
        {
            var next = Position + 1;
            if (next >= list.Count || next >= _order?.Length) return false;
            _holder.Value = list[_order == null ? (int)next : _order[next]];
            if (_holder.Value == null) throw new InvalidOperationException("Encountered null when iterating over data, this is not supported.");
            return true;
        }

        protected override DataViewRowId Id() => new((ulong)(_order == null ? Position : _order[Position]), 0);

        protected override Delegate MakeGetter(int column) => columns.Getter(column, _holder);
    }

    private sealed class StreamCursor(InputColumns<TRow> columns, bool[] active, IEnumerable<TRow> data) : SourceCursor(columns.Schema, active)
    {
        private readonly Holder<TRow> _holder = new();
        private readonly IEnumerator<TRow> _items = data.GetEnumerator();

        protected override bool Advance()
        {
            if (!_items.MoveNext()) return false;
            _holder.Value = _items.Current ?? throw new InvalidOperationException("Encountered null when iterating over data, this is not supported.");
            return true;
        }

        protected override Delegate MakeGetter(int column) => columns.Getter(column, _holder);

        protected override void Dispose(bool disposing)
        {
            if (disposing) _items.Dispose();
            base.Dispose(disposing);
        }
    }
}

internal static class Permutation
{
    public static int[] Of(int count, Random rand)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = rand.Next(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
