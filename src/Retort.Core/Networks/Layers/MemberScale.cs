using System.Numerics;

namespace Retort;

/// <summary><c>y = s x + b</c> with scales (and biases) of each member's own. Where the ensemble begins, every row becomes one a member, side by side.</summary>
internal sealed class MemberScale : Layer
{
    private readonly int _scales, _biases = -1, _members;
    private readonly bool _begins;

    /// <param name="layout">Where scales and biases are placed.</param>
    /// <param name="width">Numbers that enter and leave.</param>
    /// <param name="members">How many members there are.</param>
    /// <param name="begins">Whether the ensemble begins here; its scales are then random signs, so that members differ from the start.</param>
    /// <param name="hasBiases">Whether b is there.</param>
    public MemberScale(ParameterLayout layout, int width, int members, bool begins, bool hasBiases) : base(width, width)
    {
        (_members, _begins) = (members, begins);
        _scales = layout.Add(ParameterRole.Scales, [members, width], start: 1, signs: begins);
        if (hasBiases)
            _biases = layout.Add(ParameterRole.Biases, [members, width]);
    }

    public override int Members => _begins ? _members : 1;

    public override IReadOnlyList<UnitPlace> Units => [new(_scales, 1, false), .. _biases < 0 ? [] : (UnitPlace[])[new(_biases, 1, false)]];

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout)
    {
        var y = x.view(_begins ? [-1, 1, Inputs] : [-1, _members, Inputs]) * slots[_scales];
        return (_biases < 0 ? y : y + slots[_biases]).view(-1, Outputs);
    }

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots)
    {
        var y = (_begins ? x.Reshape(-1, 1, Inputs) : x.Reshape(-1, _members, Inputs)) * slots[_scales];
        return (_biases < 0 ? y : y + slots[_biases]).Reshape(-1, Outputs);
    }

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        for (var row = 0; row < rows * Members; row++)
        {
            var from = x.Slice(row / Members * Inputs, Inputs);
            var to = y.Slice(row * Outputs, Outputs);
            TensorPrimitives.Multiply(from, Own(slots[_scales], row), to);
            if (_biases >= 0)
                TensorPrimitives.Add(to, Own(slots[_biases], row), to);
        }
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, memory);

    private ReadOnlySpan<T> Own<T>(ReadOnlySpan<T> slot, int row) => slot.Slice(row % _members * Inputs, Inputs);

    private Span<T> Own<T>(Span<T> slot, int row) => slot.Slice(row % _members * Inputs, Inputs);

    private sealed class Run<T>(MemberScale layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _outputs = memory.Block(layer.Outputs), _gradients = memory.Block(layer.Inputs);
        private Matrix<T>? _x;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            (_x, var y) = (x, _outputs.Rows(x.Rows * layer.Members));
            layer.Forward(x.Span, x.Rows, y.Span, memory.Slots);
            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            var scales = memory.Gradients(layer._scales);
            scales.Clear();
            if (layer._biases >= 0)
                Elementwise.SumRows(gradient.Span, memory.Gradients(layer._biases)); // a row's members lie side by side, as the biases do
            for (var row = 0; row < gradient.Rows; row++)
            {
                var own = layer.Own(scales, row);
                TensorPrimitives.MultiplyAdd(gradient.Row(row), _x!.Row(row / layer.Members), own, own);
                if (wantsInput)
                    TensorPrimitives.Multiply(gradient.Row(row), layer.Own(memory.Values(layer._scales), row), gradient.Row(row));
            }

            if (!wantsInput || !layer._begins)
                return wantsInput ? gradient : null;
            var before = _gradients.Rows(_x!.Rows);
            for (var row = 0; row < before.Rows; row++)
                Elementwise.SumRows(gradient.Span.Slice(row * layer._members * layer.Inputs, layer._members * layer.Inputs), before.Row(row));
            return before;
        }
    }
}
