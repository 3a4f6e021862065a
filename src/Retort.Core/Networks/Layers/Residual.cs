using System.Numerics;

namespace Retort;

/// <summary><c>y = x + inner(x)</c>.</summary>
internal sealed class Residual(int width, Layer[] inner) : Layer(width, width)
{
    /// <summary>The layers beside which the input goes on.</summary>
    public Layer[] Inner => inner;

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout) =>
        x + inner.Aggregate(x, (current, layer) => layer.Forward(current, slots, dropout));

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots) => x + LayerChain.Forward(inner, x, slots);

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        LayerChain.Forward(inner, x, rows, y, slots);
        for (var i = 0; i < y.Length; i++)
            y[i] += x[i];
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, inner, memory);

    public override void Prepare(ReadOnlySpan<float> sample, int rows, Span<float> parameters, ParameterLayout layout) =>
        LayerChain.Prepare(inner, sample, rows, parameters, layout);

    private sealed class Run<T>(Residual layer, Layer[] inner, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly LayerRun<T>[] _inner = [.. inner.Select(part => part.Start(memory))];
        private readonly Block<T> _outputs = memory.Block(layer.Outputs), _gradients = memory.Block(layer.Outputs);

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            var current = x;
            foreach (var part in _inner)
                current = part.Forward(current, dropout);
            var y = _outputs.Rows(x.Rows);
            x.Span.CopyTo(y.Span);
            Elementwise.Add(y.Span, current.Span);
            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            var kept = _gradients.Rows(gradient.Rows); // the inner layers may overwrite what they are given
            gradient.Span.CopyTo(kept.Span);
            Matrix<T>? current = gradient;
            for (var i = _inner.Length - 1; i >= 0; i--)
                current = _inner[i].Backward(current!, wantsInput || i > 0);
            if (wantsInput)
                Elementwise.Add(kept.Span, current!.Span);
            return kept;
        }
    }
}
