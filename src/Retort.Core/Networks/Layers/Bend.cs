using System.Numerics;

namespace Retort;

/// <summary>An activation, number by number. Where it <i>learns</i>, <c>y = x + a (f(x) - x)</c> with a learned strength a an input, which begins at 1.</summary>
internal sealed class Bend : Layer
{
    private readonly Activation _activation;
    private readonly int _strengths = -1;

    public Bend(int width, Activation activation) : base(width, width) => _activation = activation;

    /// <param name="layout">Where the strengths are placed.</param>
    /// <param name="width">Numbers that enter and leave.</param>
    /// <param name="activation">f.</param>
    /// <param name="rate">The learning-rate factor of the strengths.</param>
    public Bend(ParameterLayout layout, int width, Activation activation, double rate) : this(width, activation) =>
        _strengths = layout.Add(ParameterRole.Scales, [width], start: 1, rate: rate);

    private bool Learns => _strengths >= 0;

    public override IReadOnlyList<UnitPlace> Units => _strengths < 0 ? [] : [new(_strengths, 0, false)];

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout)
    {
        var bent = Activations.Forward(_activation, x);
        return Learns ? x + slots[_strengths] * (bent - x) : bent;
    }

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots)
    {
        var bent = Activations.Forward(_activation, x);
        return Learns ? x + slots[_strengths] * (bent - x) : bent;
    }

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        Activations.Forward(_activation, x, y);
        if (!Learns)
            return;
        var strengths = slots[_strengths];
        for (var i = 0; i < y.Length; i++)
            y[i] = x[i] + strengths[i % Outputs] * (y[i] - x[i]);
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => Learns ? new LearningRun<T>(this, memory) : new Run<T>(this, memory);

    private sealed class Run<T>(Bend layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _outputs = memory.Block(layer.Outputs), _slopes = memory.Block(layer.Outputs);
        private Matrix<T>? _x, _y;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            (_x, _y) = (x, _outputs.Rows(x.Rows));
            Activations.Forward(layer._activation, x.Span, _y.Span);
            return _y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            if (!wantsInput)
                return null;
            if (layer._activation == Activation.Relu)
            {
                Elementwise.KeepWherePositive(gradient.Span, _y!.Span);
                return gradient;
            }

            var slopes = _slopes.Rows(gradient.Rows).Span;
            Activations.Slope(layer._activation, _x!.Span, _y!.Span, slopes);
            Elementwise.Multiply(gradient.Span, slopes);
            return gradient;
        }
    }

    private sealed class LearningRun<T>(Bend layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _bent = memory.Block(layer.Outputs), _outputs = memory.Block(layer.Outputs), _slopes = memory.Block(layer.Outputs);
        private Matrix<T>? _x, _f;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            (_x, _f) = (x, _bent.Rows(x.Rows));
            Activations.Forward(layer._activation, x.Span, _f.Span);
            var y = _outputs.Rows(x.Rows);
            var strengths = memory.Values(layer._strengths);
            for (var row = 0; row < x.Rows; row++)
                Elementwise.Blend(x.Row(row), _f.Row(row), strengths, y.Row(row));
            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            var strengthGradients = memory.Gradients(layer._strengths);
            strengthGradients.Clear();
            for (var row = 0; row < gradient.Rows; row++)
                Elementwise.AddProductOfDifference(strengthGradients, gradient.Row(row), _f!.Row(row), _x!.Row(row));
            if (!wantsInput)
                return null;

            var slopes = _slopes.Rows(gradient.Rows);
            Activations.Slope(layer._activation, _x!.Span, _f!.Span, slopes.Span);
            var strengths = memory.Values(layer._strengths);
            for (var row = 0; row < gradient.Rows; row++)
                Elementwise.MultiplyByBlendedSlope(gradient.Row(row), slopes.Row(row), strengths); // g (1 + a (f' - 1))
            return gradient;
        }
    }
}
