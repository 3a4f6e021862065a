using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Keeps the columns that were read once in memory; rows can then be had in any order. Safe for many threads.</summary>
internal sealed class CacheView(IDataView input, int[] prefetch) : SourceView(input.Schema)
{
    private readonly object _filling = new();
    private readonly ColumnStore[] _stores = new ColumnStore[input.Schema.Count];
    private long _count = -1;

    public override bool CanShuffle => true;

    public override long? GetRowCount() => Volatile.Read(ref _count) is var count and >= 0 ? count : input.GetRowCount();

    public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) => [GetRowCursor(columnsNeeded, rand)];

    protected override DataViewRowCursor Cursor(bool[] active, Random rand) => new CacheCursor(this, active, rand);

    /// <summary>Reads what is asked for and not there yet, all in one pass.</summary>
    private void Fill(bool[] active)
    {
        lock (_filling)
        {
            var missing = Schema.Where(c => _stores[c.Index] == null && (active[c.Index] || _count < 0 && prefetch.Contains(c.Index))).ToArray();
            if (missing.Length == 0 && _count >= 0) return;
            using var cursor = input.GetRowCursor(missing);
            var stores = missing.Select(c => ColumnStore.Create(cursor, c)).ToArray();
            long count = 0;
            for (; cursor.MoveNext(); count++)
                foreach (var store in stores) store.Append();
            if (_count >= 0 && count != _count) throw Contracts.Except("Data to cache changed its number of rows between two passes");
            for (var i = 0; i < stores.Length; i++)
            {
                stores[i].Close();
                Volatile.Write(ref _stores[missing[i].Index], stores[i]);
            }
            Volatile.Write(ref _count, count);
        }
    }

    private sealed class CacheCursor(CacheView view, bool[] active, Random rand) : SourceCursor(view.Schema, active)
    {
        private readonly RowIndex _row = new();
        private int[] _order;
        private bool _started;

        protected override bool Advance()
        {
            if (!_started)
            {
                view.Fill(active);
                if (rand != null) _order = Permutation.Of(checked((int)view._count), rand);
                _started = true;
            }
            var next = Position + 1;
            if (next >= view._count) return false;
            _row.Value = _order == null ? (int)next : _order[next];
            return true;
        }

        protected override DataViewRowId Id() => new((ulong)_row.Value, 0);

        protected override Delegate MakeGetter(int column)
        {
            view.Fill(active);
            return view._stores[column].Getter(_row);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _row.Value = -1;
            base.Dispose(disposing);
        }
    }
}

/// <summary>Which row a cursor is at.</summary>
internal sealed class RowIndex { public int Value = -1; }

/// <summary>All values of one column.</summary>
internal abstract class ColumnStore
{
    public static ColumnStore Create(DataViewRow row, DataViewSchema.Column column) =>
        Rows.Call<ColumnStore>(null, typeof(ColumnStore), column.Type is VectorDataViewType ? nameof(Vectors) : nameof(Scalars), column.Type.GetItemType().RawType, row, column);

    public abstract void Append();
    public abstract void Close();
    public abstract Delegate Getter(RowIndex row);

    private static ColumnStore Scalars<T>(DataViewRow row, DataViewSchema.Column column) => new ScalarStore<T>(row.GetGetter<T>(column));
    private static ColumnStore Vectors<T>(DataViewRow row, DataViewSchema.Column column) => new VectorStore<T>(row.GetGetter<VBuffer<T>>(column));
}

internal sealed class ScalarStore<T>(ValueGetter<T> source) : ColumnStore
{
    private readonly TextPool _texts = typeof(T) == typeof(ReadOnlyMemory<char>) ? new() : null;
    private T[] _values = new T[256];
    private int _count;

    public override void Append()
    {
        if (_count == _values.Length) Array.Resize(ref _values, _count * 2);
        T value = default;
        source(ref value);
        _values[_count++] = _texts == null ? value : (T)(object)_texts.Keep((ReadOnlyMemory<char>)(object)value);
    }

    public override void Close() => Array.Resize(ref _values, _count);

    public override Delegate Getter(RowIndex row)
    {
        var values = _values;
        return (ValueGetter<T>)((ref T value) =>
        {
            if ((uint)row.Value >= (uint)values.Length) throw SourceCursor.NoRow();
            value = values[row.Value];
        });
    }
}

/// <summary>Vectors of any lengths, dense and sparse, in blocks that hold many of them.</summary>
internal sealed class VectorStore<T>(ValueGetter<VBuffer<T>> source) : ColumnStore
{
    private const int BlockSize = 1 << 16;
    private readonly TextPool _texts = typeof(T) == typeof(ReadOnlyMemory<char>) ? new() : null;
    private readonly List<(T[] Values, int[] Indices)> _blocks = [];
    private Place[] _places = new Place[256];
    private int _count, _used;
    private VBuffer<T> _buffer;

    private record struct Place(int Block, int Offset, int Count, int Length);

    public override void Append()
    {
        source(ref _buffer);
        var values = _buffer.GetValues();
        if (_blocks.Count == 0 || _used + values.Length > _blocks[^1].Values.Length)
        {
            _blocks.Add((new T[Math.Max(BlockSize, values.Length)], null));
            _used = 0;
        }
        var block = _blocks[^1];
        values.CopyTo(block.Values.AsSpan(_used));
        if (_texts != null)
            foreach (ref var text in block.Values.AsSpan(_used, values.Length)) text = (T)(object)_texts.Keep((ReadOnlyMemory<char>)(object)text);
        if (!_buffer.IsDense)
        {
            if (block.Indices == null) _blocks[^1] = block = (block.Values, new int[block.Values.Length]);
            _buffer.GetIndices().CopyTo(block.Indices.AsSpan(_used));
        }
        if (_count == _places.Length) Array.Resize(ref _places, _count * 2);
        _places[_count++] = new Place(_blocks.Count - 1, _used, values.Length, _buffer.Length);
        _used += values.Length;
    }

    public override void Close()
    {
        Array.Resize(ref _places, _count);
        _buffer = default;
    }

    public override Delegate Getter(RowIndex row)
    {
        var (places, blocks) = (_places, _blocks.ToArray());
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            if ((uint)row.Value >= (uint)places.Length) throw SourceCursor.NoRow();
            ref readonly var place = ref places[row.Value];
            ref readonly var block = ref blocks[place.Block];
            var editor = VBufferEditor.Create(ref value, place.Length, place.Count);
            block.Values.AsSpan(place.Offset, place.Count).CopyTo(editor.Values);
            if (place.Count < place.Length) block.Indices.AsSpan(place.Offset, place.Count).CopyTo(editor.Indices);
            value = editor.Commit();
        });
    }
}

/// <summary>Copies texts into few big arrays, so that a kept text does not keep the file that it was cut from.</summary>
internal sealed class TextPool
{
    private char[] _block = [];
    private int _used;

    public ReadOnlyMemory<char> Keep(ReadOnlyMemory<char> text)
    {
        if (text.Length == 0) return default;
        if (_used + text.Length > _block.Length) (_block, _used) = (new char[Math.Max(1 << 15, text.Length)], 0);
        text.CopyTo(_block.AsMemory(_used));
        _used += text.Length;
        return _block.AsMemory(_used - text.Length, text.Length);
    }
}
