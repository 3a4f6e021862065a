using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>A contiguous matrix on the CPU, for libtorch's products and for passes over its memory. It lives as long as the scope of its tensor.</summary>
internal sealed unsafe class Matrix<T> where T : unmanaged
{
    private readonly T* _data;
    private Tensor? _transposed;

    public Matrix(Tensor tensor, int rows, int width)
    {
        (Tensor, Rows, Width) = (tensor, rows, width);
        _data = rows * width == 0 ? null : (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
    }

    public Tensor Tensor { get; }

    public int Rows { get; }

    public int Width { get; }

    public Span<T> Span => new(_data, Rows * Width);

    public Tensor Transposed => _transposed ??= Memory.Keep(Tensor.t(), Tensor);

    public Span<T> Row(int row) => new(_data + (long)row * Width, Width);
}

/// <summary>Memory for a matrix that is kept from step to step; it grows where there are more rows.</summary>
internal sealed class Block<T>(LayerMemory<T> memory, int width) where T : unmanaged
{
    private readonly Dictionary<int, Matrix<T>> _made = []; // few: a batch, an epoch's last batch, a block of held-out rows and the last such
    private Tensor? _tensor;
    private Matrix<T>? _last;

    /// <summary>Its first rows.</summary>
    public Matrix<T> Rows(int rows)
    {
        if (_last?.Rows == rows || _made.TryGetValue(rows, out _last))
            return _last;
        if (_tensor is null || _tensor.shape[0] < rows)
        {
            _tensor = memory.Zeros(rows, width); // what was there is disposed with the run: earlier matrices may still be in use in this step
            _made.Clear();
        }

        _last = new(_tensor.shape[0] == rows ? _tensor : Memory.Keep(_tensor.narrow(0, 0, rows), _tensor), rows, width);
        _made.Add(rows, _last);
        return _last;
    }
}

/// <summary>The memory of a run: the flat buffers of parameters and gradients, and blocks that live as long as they do.</summary>
internal sealed class LayerMemory<T> where T : unmanaged
{
    private readonly ParameterLayout _layout;
    private readonly Matrix<T> _parameters, _gradients;
    private readonly Tensor[] _values, _slopes;

    public LayerMemory(ParameterLayout layout, Tensor parameters, Tensor gradients)
    {
        _layout = layout;
        (_parameters, _gradients) = (new(parameters, 1, layout.Count), new(gradients, 1, layout.Count));
        (_values, _slopes) = (Views(parameters), Views(gradients));

        Tensor[] Views(Tensor flat) => [.. layout.Views(flat).Select(view => Memory.Keep(view, flat))];
    }

    public Slots<T> Slots => new(_layout, _parameters.Span);

    public Tensor Value(int slot) => _values[slot];

    public Tensor Gradient(int slot) => _slopes[slot];

    public ReadOnlySpan<T> Values(int slot) => _parameters.Span.Slice(_layout.Slots[slot].Offset, _layout.Slots[slot].Count);

    public Span<T> Gradients(int slot) => _gradients.Span.Slice(_layout.Slots[slot].Offset, _layout.Slots[slot].Count);

    public Block<T> Block(int width) => new(this, width);

    public Tensor Zeros(int rows, int width) => Memory.Keep(zeros(rows, width, dtype: _parameters.Tensor.dtype, device: CPU), _parameters.Tensor);

    /// <summary>A tensor that lives as long as the run.</summary>
    public Tensor Keep(Tensor tensor) => Memory.Keep(tensor, _parameters.Tensor);
}
