using System.Numerics;

namespace Retort;

/// <summary><c>y = gain (x - mean(x)) / sqrt(var(x) + 1e-5) + bias</c>, row by row.</summary>
internal sealed class LayerNorm : Layer
{
    private const double Epsilon = 1e-5;
    private readonly int _gains, _biases;

    public LayerNorm(ParameterLayout layout, int width) : base(width, width)
    {
        _gains = layout.Add(ParameterRole.Scales, [width], start: 1);
        _biases = layout.Add(ParameterRole.Biases, [width]);
    }

    public override IReadOnlyList<UnitPlace> Units => [new(_gains, 0, false), new(_biases, 0, false)];

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout)
    {
        var centred = x - x.mean([-1], true);
        return centred * (centred.square().mean([-1], true) + Epsilon).rsqrt() * slots[_gains] + slots[_biases];
    }

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots)
    {
        var centred = x - x.Mean(-1, keeps: true);
        return centred / ((centred * centred).Mean(-1, keeps: true) + Epsilon).Sqrt() * slots[_gains] + slots[_biases];
    }

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        for (var row = 0; row < rows; row++)
        {
            var line = y.Slice(row * Outputs, Outputs);
            Normalise(x.Slice(row * Outputs, Outputs), line);
            TensorPrimitives.MultiplyAdd(line, slots[_gains], slots[_biases], line);
        }
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, memory);

    /// <summary>Writes the standardised row; returns 1 / deviation.</summary>
    private static T Normalise<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var count = T.CreateTruncating(x.Length);
        TensorPrimitives.Subtract(x, TensorPrimitives.Sum(x) / count, y);
        var inverse = T.One / T.Sqrt(TensorPrimitives.SumOfSquares<T>(y) / count + T.CreateTruncating(Epsilon));
        TensorPrimitives.Multiply(y, inverse, y);
        return inverse;
    }

    private sealed class Run<T>(LayerNorm layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _normal = memory.Block(layer.Outputs), _outputs = memory.Block(layer.Outputs), _inverses = memory.Block(1);
        private Matrix<T>? _last;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            (_last, var y) = (_normal.Rows(x.Rows), _outputs.Rows(x.Rows));
            var inverses = _inverses.Rows(x.Rows).Span;
            for (var row = 0; row < x.Rows; row++)
            {
                inverses[row] = Normalise(x.Row(row), _last.Row(row));
                TensorPrimitives.MultiplyAdd(_last.Row(row), memory.Values(layer._gains), memory.Values(layer._biases), y.Row(row));
            }

            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            var gains = memory.Gradients(layer._gains);
            gains.Clear();
            for (var row = 0; row < gradient.Rows; row++)
                TensorPrimitives.MultiplyAdd(gradient.Row(row), _last!.Row(row), gains, gains);
            Elementwise.SumRows(gradient.Span, memory.Gradients(layer._biases));
            if (!wantsInput)
                return null;

            // dx = (dn - mean(dn) - n mean(dn n)) / deviation, with dn = gain g
            var inverses = _inverses.Rows(gradient.Rows).Span;
            var count = T.CreateTruncating(layer.Outputs);
            for (var row = 0; row < gradient.Rows; row++)
            {
                var g = gradient.Row(row);
                var n = _last!.Row(row);
                TensorPrimitives.Multiply(g, memory.Values(layer._gains), g);
                var (mean, along) = (TensorPrimitives.Sum<T>(g) / count, TensorPrimitives.Dot<T>(g, n) / count);
                for (var j = 0; j < g.Length; j++)
                    g[j] = (g[j] - mean - n[j] * along) * inverses[row];
            }

            return gradient;
        }
    }
}
