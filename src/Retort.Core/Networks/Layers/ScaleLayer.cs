using System.Numerics;

namespace Retort;

/// <summary><c>y = s x</c> with a learned s an input, which begins at 1.</summary>
internal sealed class ScaleLayer : Layer
{
    private readonly int _scales;

    /// <param name="layout">Where the scales are placed.</param>
    /// <param name="width">Numbers that enter and leave.</param>
    /// <param name="rate">The learning-rate factor.</param>
    public ScaleLayer(ParameterLayout layout, int width, double rate) : base(width, width) =>
        _scales = layout.Add(ParameterRole.Scales, [width], start: 1, rate: rate);

    public override IReadOnlyList<UnitPlace> Units => [new(_scales, 0, false)];

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout) => x * slots[_scales];

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots) => x * slots[_scales];

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        for (var row = 0; row < rows; row++)
            TensorPrimitives.Multiply(x.Slice(row * Inputs, Inputs), slots[_scales], y.Slice(row * Inputs, Inputs));
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, memory);

    private sealed class Run<T>(ScaleLayer layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _outputs = memory.Block(layer.Outputs);
        private Matrix<T>? _x;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            (_x, var y) = (x, _outputs.Rows(x.Rows));
            layer.Forward(x.Span, x.Rows, y.Span, memory.Slots);
            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            var scales = memory.Gradients(layer._scales);
            scales.Clear();
            for (var row = 0; row < gradient.Rows; row++)
            {
                TensorPrimitives.MultiplyAdd(gradient.Row(row), _x!.Row(row), scales, scales);
                TensorPrimitives.Multiply(gradient.Row(row), memory.Values(layer._scales), gradient.Row(row));
            }

            return gradient;
        }
    }
}
