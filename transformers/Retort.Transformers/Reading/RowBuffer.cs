using static TorchSharp.torch;

namespace Retort;

/// <summary>Rows of equal width on their way into a tensor. What a row is written into is libtorch's memory from the start.</summary>
/// <remarks>
/// Where the number of rows is known, that memory is the tensor. Else the rows lie in blocks, each at most a sixteenth of what came before it,
/// that are copied and freed one after the other: no more than a block is ever held twice.
/// </remarks>
/// <param name="width">How many numbers a row has.</param>
/// <param name="expected">How many rows will come, where that is known. More may come.</param>
internal sealed unsafe class RowBuffer<T>(int width, long? expected = null) : IDisposable where T : unmanaged
{
    private static readonly ScalarType Type = typeof(T) == typeof(float) ? float32 : int64;

    private readonly List<Block> _blocks = [];
    private T* _next;
    private long _left;

    public int Width => width;

    public long Rows => _blocks.Count == 0 ? 0 : _blocks[^1].First + _blocks[^1].Rows - _left;

    /// <summary>How many rows each block has room for.</summary>
    public IEnumerable<long> Blocks => _blocks.Select(block => block.Rows);

    /// <summary>The memory of one more row, holding whatever it held before.</summary>
    public Span<T> Add()
    {
        if (_left == 0)
            Grow();
        _left--;
        var row = new Span<T>(_next, width);
        _next += width;
        return row;
    }

    public Span<T> this[long row]
    {
        get
        {
            var i = _blocks.Count - 1;
            while (_blocks[i].First > row)
                i--;
            return new(_blocks[i].Start + (row - _blocks[i].First) * width, width);
        }
    }

    /// <summary>All rows as a tensor [rows, width], or [rows] where <paramref name="flat"/>, that belongs to the caller alone. The buffer is empty afterwards.</summary>
    public Tensor ToTensor(bool flat = false)
    {
        using var scope = NewDisposeScope();
        var rows = Rows;
        var all = _blocks.Count == 1 ? _blocks[0].Memory.narrow(0, 0, rows) : Join(rows);
        Dispose();
        return (flat ? all.view(rows * width) : all).DetachFromDisposeScope();
    }

    private Tensor Join(long rows)
    {
        var all = empty([rows, width], dtype: Type, device: CPU);
        for (var i = _blocks.Count - 1; i >= 0; i--) // from the end: the C library gives the top of its heap back, but not holes in it
        {
            var (memory, first, count) = (_blocks[i].Memory, _blocks[i].First, Math.Min(rows - _blocks[i].First, _blocks[i].Rows));
            using (var from = memory.narrow(0, 0, count)) // a view keeps the memory
            using (var to = all.narrow(0, first, count))
                to.copy_(from);
            memory.Dispose();
        }

        return all;
    }

    /// <summary>Frees what has not become a tensor.</summary>
    public void Dispose()
    {
        _blocks.ForEach(block => block.Memory.Dispose());
        _blocks.Clear();
        _left = 0;
    }

    private void Grow()
    {
        var rows = Rows;
        var fewest = (1 << 16) / Math.Max(width, 1) + 1;
        var block = new Block(rows, rows == 0 && expected > 0 ? expected.Value : Math.Max(fewest, rows / 16), width);
        _blocks.Add(block);
        _next = block.Start;
        _left = block.Rows;
    }

    private sealed class Block
    {
        public Block(long first, long rows, int width)
        {
            (First, Rows) = (first, rows);
            Memory = empty([rows, width], dtype: Type, device: CPU).DetachFromDisposeScope();
            if (width == 0)
                return;
            using var row = Memory.narrow(0, 0, 1); // a span ends at 2 GiB
            fixed (byte* start = row.bytes)
                Start = (T*)start;
        }

        public long First { get; }

        public long Rows { get; }

        public Tensor Memory { get; }

        public T* Start { get; }
    }
}
