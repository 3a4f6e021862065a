using System.Buffers;
using System.Numerics;

namespace Retort;

/// <summary>The layers of a block whose numbers are <c>B + t A</c>, at any t: B and A lie in the network's buffer, each slot of the block twice.</summary>
internal sealed class BlockLine
{
    private readonly int _bases, _slopes;

    /// <param name="layout">Where B and, behind it, A are placed.</param>
    /// <param name="width">Numbers that enter and leave the block.</param>
    /// <param name="block">Its layers, in a buffer of their own.</param>
    public BlockLine(ParameterLayout layout, int width, Func<ParameterLayout, IEnumerable<Layer>> block)
    {
        (Width, Layers) = (width, [.. block(Own)]);
        _bases = Place(1);
        _slopes = Place(0);

        int Place(int factor)
        {
            var first = layout.Slots.Count;
            foreach (var slot in Own.Slots)
                layout.Add(slot.Role, slot.Shape, factor * slot.Deviation, factor * slot.Start);
            return first;
        }
    }

    public int Width { get; }

    public Layer[] Layers { get; }

    /// <summary>Where the numbers of one block lie by themselves.</summary>
    public ParameterLayout Own { get; } = new();

    public Tensor[] At(double t, IReadOnlyList<Tensor> slots) => [.. Own.Slots.Select((_, i) => slots[_bases + i] + t * slots[_slopes + i])];

    public OnnxValue[] At(double t, IReadOnlyList<OnnxValue> slots) => [.. Own.Slots.Select((_, i) => slots[_bases + i] + slots[_slopes + i] * t)];

    public void At<T>(T t, Slots<T> slots, Span<T> own) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < Own.Slots.Count; i++)
            TensorPrimitives.MultiplyAdd(slots[_slopes + i], t, slots[_bases + i], own.Slice(Own.Slots[i].Offset, Own.Slots[i].Count));
    }

    /// <summary>Hands a block's gradients to B and A: in place of what was there, or in addition.</summary>
    public void Gather<T>(T t, ReadOnlySpan<T> own, LayerMemory<T> memory, bool adds) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < Own.Slots.Count; i++)
        {
            var gradients = own.Slice(Own.Slots[i].Offset, Own.Slots[i].Count);
            var bases = memory.Gradients(_bases + i);
            var slopes = memory.Gradients(_slopes + i);
            if (adds)
            {
                TensorPrimitives.Add(bases, gradients, bases);
                TensorPrimitives.MultiplyAdd(gradients, t, slopes, slopes);
            }
            else
            {
                gradients.CopyTo(bases);
                TensorPrimitives.Multiply(gradients, t, slopes);
            }
        }
    }
}

/// <summary><c>y = x + inner(x) / blocks</c> with the numbers of the inner layers at <c>t = block / blocks</c> of a line.</summary>
/// <param name="line">The layers, which all blocks share.</param>
/// <param name="block">The block's number, from 1.</param>
/// <param name="blocks">How many there are. The last one's backward pass, which is the first to come, clears the gradients that they share.</param>
internal sealed class LineResidual(BlockLine line, int block, int blocks) : Layer(line.Width, line.Width)
{
    private readonly double _place = (double)block / blocks, _step = 1.0 / blocks;

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout)
    {
        var own = line.At(_place, slots);
        return x + _step * line.Layers.Aggregate(x, (current, layer) => layer.Forward(current, own, dropout));
    }

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots) => x + LayerChain.Forward(line.Layers, x, line.At(_place, slots)) * _step;

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        var rented = ArrayPool<T>.Shared.Rent(line.Own.Count);
        var own = rented.AsSpan(0, line.Own.Count);
        line.At(T.CreateTruncating(_place), slots, own);
        LayerChain.Forward(line.Layers, x, rows, y, new Slots<T>(line.Own, own));
        TensorPrimitives.MultiplyAdd(y, T.CreateTruncating(_step), x, y);
        ArrayPool<T>.Shared.Return(rented);
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, line, block < blocks, memory);

    private sealed class Run<T> : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly BlockLine _line;
        private readonly bool _adds;
        private readonly T _place, _step;
        private readonly LayerMemory<T> _memory;
        private readonly Matrix<T> _values, _slopes;
        private readonly LayerRun<T>[] _inner;
        private readonly Block<T> _outputs, _gradients;

        public Run(LineResidual layer, BlockLine line, bool adds, LayerMemory<T> memory)
        {
            (_line, _adds, _memory) = (line, adds, memory);
            (_place, _step) = (T.CreateTruncating(layer._place), T.CreateTruncating(layer._step));
            (_values, _slopes) = (new(memory.Zeros(1, line.Own.Count), 1, line.Own.Count), new(memory.Zeros(1, line.Own.Count), 1, line.Own.Count));
            var own = new LayerMemory<T>(line.Own, memory.Keep(_values.Tensor.view(-1)), memory.Keep(_slopes.Tensor.view(-1)));
            _inner = [.. line.Layers.Select(part => part.Start(own))];
            (_outputs, _gradients) = (memory.Block(layer.Outputs), memory.Block(layer.Outputs));
        }

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            _line.At(_place, _memory.Slots, _values.Span);
            var current = x;
            foreach (var part in _inner)
                current = part.Forward(current, dropout);
            var y = _outputs.Rows(x.Rows);
            TensorPrimitives.MultiplyAdd(current.Span, _step, x.Span, y.Span);
            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            var kept = _gradients.Rows(gradient.Rows); // the inner layers may overwrite what they are given
            gradient.Span.CopyTo(kept.Span);
            TensorPrimitives.Multiply(gradient.Span, _step, gradient.Span);
            var current = gradient;
            for (var i = _inner.Length - 1; i >= 0; i--)
                current = _inner[i].Backward(current, true)!;
            _line.Gather(_place, _slopes.Span, _memory, _adds);
            Elementwise.Add(kept.Span, current.Span);
            return kept;
        }
    }
}
