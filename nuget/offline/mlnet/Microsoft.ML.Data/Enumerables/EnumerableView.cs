using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Objects as rows, in the order in which they come. Of collections the number is known.</summary>
internal sealed class EnumerableView<TRow>(IEnumerable<TRow> data, InputColumns<TRow> columns) : SourceView(columns.Schema) where TRow : class
{
    public override bool CanShuffle => false;

    public override long? GetRowCount() => (data as ICollection<TRow>)?.Count;

    protected override DataViewRowCursor Cursor(bool[] active, Random rand) => new ObjectCursor(columns, active, data);

    private sealed class ObjectCursor(InputColumns<TRow> columns, bool[] active, IEnumerable<TRow> data) : SourceCursor(columns.Schema, active)
    {
        private readonly Holder<TRow> _holder = new();
        private readonly IEnumerator<TRow> _items = data.GetEnumerator();

        protected override bool Advance()
        {
            if (!_items.MoveNext()) return false;
            _holder.Value = _items.Current ?? throw Contracts.Except("Encountered null when iterating over data, this is not supported.");
            return true;
        }

        protected override Delegate MakeGetter(int column) => columns.Getter(column, _holder);

        protected override Exception WrongType(DataViewSchema.Column column, Type asked) =>
            Contracts.Except($"Invalid TValue in GetGetter for column #{column.Name}: {column.Type}: '{asked}', expected type: '{column.Type.RawType}'.");

        protected override void Dispose(bool disposing)
        {
            if (disposing) _items.Dispose();
            base.Dispose(disposing);
        }
    }
}
