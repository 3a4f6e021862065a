using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A view over other rows, or over none. Columns are asked for by their place, as ML.NET does.</summary>
internal abstract class SourceView(DataViewSchema schema) : IDataView
{
    public DataViewSchema Schema { get; } = schema;

    public abstract bool CanShuffle { get; }

    public abstract long? GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null) => Cursor(Active(Schema, columnsNeeded), rand);

    public virtual DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) => [GetRowCursor(columnsNeeded, rand)];

    protected abstract DataViewRowCursor Cursor(bool[] active, Random rand);

    protected static bool[] Active(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[schema.Count];
        foreach (var column in columns)
            if (column.Index < active.Length) active[column.Index] = true;
        return active;
    }

    protected static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema, bool[] active) => schema.Where(c => active[c.Index]);
}

/// <summary>A cursor that makes its own rows. After the last one it disposes itself.</summary>
internal abstract class SourceCursor(DataViewSchema schema, bool[] active) : DataViewRowCursor
{
    private readonly Delegate[] _getters = new Delegate[active.Length];
    private long _position = -1;
    private bool _done;

    public override DataViewSchema Schema { get; } = schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < active.Length ? active[column.Index] : throw new InvalidOperationException();

    public override bool MoveNext()
    {
        if (_done) return false;
        if (Advance())
        {
            _position++;
            return true;
        }
        Dispose();
        return false;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index >= active.Length || !active[column.Index]) throw NotActive();
        return (_getters[column.Index] ??= MakeGetter(column.Index)) as ValueGetter<TValue> ?? throw WrongType(Schema[column.Index], typeof(TValue));
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
    {
        if (_position < 0) throw NoRow();
        value = Id();
    };

    public static Exception NoRow() => Contracts.Except("Values cannot be fetched at this time. This method was called either before the first call to MoveNext, or at any point after that method returned false.");

    protected virtual Exception NotActive() => Contracts.ExceptParam("column", "requested column not active");

    protected virtual Exception WrongType(DataViewSchema.Column column, Type asked) => Contracts.Except($"Invalid TValue: '{asked}', expected type: '{column.Type.RawType}'.");

    protected virtual DataViewRowId Id() => new((ulong)_position, 0);

    protected abstract bool Advance();

    protected abstract Delegate MakeGetter(int column);

    protected override void Dispose(bool disposing)
    {
        if (disposing) (_done, _position) = (true, -1);
        base.Dispose(disposing);
    }
}

/// <summary>A cursor that passes on some of the rows of another.</summary>
internal abstract class FilterCursor(DataViewRowCursor input, bool[] active) : DataViewRowCursor
{
    private long _position = -1;
    private bool _done;

    protected DataViewRowCursor Input => input;

    public override DataViewSchema Schema => input.Schema;

    public override long Position => _position;

    public override long Batch => input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override bool MoveNext()
    {
        if (_done) return false;
        if (Advance())
        {
            _position++;
            return true;
        }
        Dispose();
        return false;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => input.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    protected abstract bool Advance();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_done)
        {
            (_done, _position) = (true, -1);
            input.Dispose();
        }
        base.Dispose(disposing);
    }
}
