using System.Numerics;

namespace Retort;

/// <summary>
/// <c>z = (x - median) · factor; y = z / sqrt(1 + (z / 3)^2)</c>: features of any size come to rest within ±3. The factor is 1 / (third quartile - first quartile) of the
/// training rows; where these are equal, 2 / (maximum - minimum); 0 for a constant feature.
/// </summary>
internal sealed class RobustScale : Layer
{
    private readonly int _medians, _factors;

    public RobustScale(ParameterLayout layout, int width) : base(width, width)
    {
        _medians = layout.Add(ParameterRole.Constants, [width]);
        _factors = layout.Add(ParameterRole.Constants, [width], start: 1);
    }

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout)
    {
        var z = (x - slots[_medians]) * slots[_factors];
        return z * (z.square() / 9 + 1).rsqrt();
    }

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots)
    {
        var z = (x - slots[_medians]) * slots[_factors];
        return z / (z * z / 9 + 1).Sqrt();
    }

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        var medians = slots[_medians];
        var factors = slots[_factors];
        var ninth = T.One / T.CreateTruncating(9);
        for (var i = 0; i < y.Length; i++)
        {
            var z = (x[i] - medians[i % Inputs]) * factors[i % Inputs];
            y[i] = z / T.Sqrt(T.One + z * z * ninth);
        }
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, memory);

    public override void Prepare(ReadOnlySpan<float> sample, int rows, Span<float> parameters, ParameterLayout layout)
    {
        var medians = parameters.Slice(layout.Slots[_medians].Offset, Inputs);
        var factors = parameters.Slice(layout.Slots[_factors].Offset, Inputs);
        var column = new float[rows];
        for (var j = 0; j < Inputs; j++)
        {
            Quantiles.Column(sample, Inputs, j, column);
            medians[j] = Quantiles.Of(column, 0.5);
            var quartiles = Quantiles.Of(column, 0.75) - Quantiles.Of(column, 0.25);
            var range = column[^1] - column[0];
            factors[j] = quartiles > 0 ? Finite(1 / quartiles) : range > 0 ? Finite(2 / range) : 0;
        }

        static float Finite(float factor) => float.IsFinite(factor) ? factor : 0;
    }

    private sealed class Run<T>(RobustScale layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
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
            if (!wantsInput)
                return null;
            var g = gradient.Span;
            var x = _x!.Span;
            var medians = memory.Values(layer._medians);
            var factors = memory.Values(layer._factors);
            var ninth = T.One / T.CreateTruncating(9);
            for (var i = 0; i < g.Length; i++)
            {
                var z = (x[i] - medians[i % layer.Inputs]) * factors[i % layer.Inputs];
                var root = T.Sqrt(T.One + z * z * ninth);
                g[i] *= factors[i % layer.Inputs] / (root * root * root);
            }

            return gradient;
        }
    }
}
