using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Retort;

/// <summary>Rows of equal width whose number is not known in advance, kept in blocks and joined once.</summary>
internal sealed class RowBuffer<T>(int width) where T : unmanaged
{
    private readonly int _rowsPerBlock = Math.Clamp((1 << 16) / Math.Max(width, 1), 16, 1 << 16);
    private readonly List<T[]> _blocks = [];
    private int _used = int.MaxValue;

    public int Width => width;

    public long Rows => _blocks.Count == 0 ? 0 : (long)(_blocks.Count - 1) * _rowsPerBlock + _used;

    /// <summary>The memory of one more row.</summary>
    public Span<T> Add()
    {
        if (_used >= _rowsPerBlock)
        {
            _blocks.Add(new T[_rowsPerBlock * width]);
            _used = 0;
        }

        return _blocks[^1].AsSpan(_used++ * width, width);
    }

    public Span<T> this[long row] => _blocks[(int)(row / _rowsPerBlock)].AsSpan((int)(row % _rowsPerBlock) * width, width);

    /// <summary>All rows as a tensor [rows, width], or [rows] where <paramref name="flat"/>.</summary>
    public Tensor ToTensor(ScalarType type, bool flat = false)
    {
        var tensor = empty(flat ? [Rows * width] : [Rows, width], dtype: type);
        if (Rows * width > 0)
        {
            var target = MemoryMarshal.Cast<byte, T>(tensor.bytes);
            foreach (var block in _blocks)
            {
                var filled = Math.Min(block.Length, target.Length);
                block.AsSpan(0, filled).CopyTo(target);
                target = target[filled..];
            }
        }

        return tensor;
    }
}
