using System.Numerics;

namespace Retort;

/// <summary>
/// Each feature becomes <c>sum over bins of clamp((x - low) / (high - low), 0, 1) · w + x · v + b</c>, with learned vectors w a bin, v and b a feature.
/// The bins lie between quantiles of the training rows; w begins at 0.
/// </summary>
internal sealed class PiecewiseLinear : Layer
{
    private readonly int _edges, _steps, _slopes, _biases, _bins, _width;

    public PiecewiseLinear(ParameterLayout layout, int features, int bins, int width) : base(features, features * width)
    {
        (_bins, _width) = (bins, width);
        _edges = layout.Add(ParameterRole.Constants, [features, bins + 1]);
        _steps = layout.Add(ParameterRole.Table, [features, bins, width]);
        _slopes = layout.Add(ParameterRole.Table, [features, width], 1);
        _biases = layout.Add(ParameterRole.Biases, [features, width], 1);
    }

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout)
    {
        var (low, high) = (slots[_edges].narrow(1, 0, _bins), slots[_edges].narrow(1, 1, _bins));
        var filled = ((x.unsqueeze(-1) - low) / (high - low)).clamp(0, 1); // [rows, features, bins]
        var steps = filled.transpose(0, 1).matmul(slots[_steps]).transpose(0, 1);
        return (steps + x.unsqueeze(-1) * slots[_slopes] + slots[_biases]).reshape(-1, Outputs);
    }

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots)
    {
        var (low, high) = (slots[_edges].Slice(1, 0, _bins), slots[_edges].Slice(1, 1, _bins + 1));
        var each = x.Reshape(-1, Inputs, 1);
        var filled = ((each - low) / (high - low)).Clip(0, 1); // [rows, features, bins]
        var steps = filled.Transpose(1, 0, 2).MatMul(slots[_steps]).Transpose(1, 0, 2);
        return (steps + each * slots[_slopes] + slots[_biases]).Reshape(-1, Outputs);
    }

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        for (var i = 0; i < rows * Inputs; i++)
        {
            var feature = i % Inputs;
            var own = y.Slice(i * _width, _width);
            TensorPrimitives.MultiplyAdd(slots[_slopes].Slice(feature * _width, _width), x[i], slots[_biases].Slice(feature * _width, _width), own);
            var (bin, share, _) = Place(slots[_edges].Slice(feature * (_bins + 1), _bins + 1), x[i]);
            for (var full = 0; full < bin; full++)
                TensorPrimitives.Add(own, slots[_steps].Slice((feature * _bins + full) * _width, _width), own);
            if (bin < _bins)
                TensorPrimitives.MultiplyAdd(slots[_steps].Slice((feature * _bins + bin) * _width, _width), share, own, own);
        }
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, memory);

    public override void Prepare(ReadOnlySpan<float> sample, int rows, Span<float> parameters, ParameterLayout layout)
    {
        var all = parameters.Slice(layout.Slots[_edges].Offset, layout.Slots[_edges].Count);
        var column = new float[rows];
        for (var feature = 0; feature < Inputs; feature++)
        {
            Quantiles.Column(sample, Inputs, feature, column);
            var edges = all.Slice(feature * (_bins + 1), _bins + 1);
            var count = 0;
            for (var i = 0; i <= _bins; i++)
                if (Quantiles.Of(column, (double)i / _bins) is var edge && (count == 0 || edge > edges[count - 1]))
                    edges[count++] = edge;
            for (; count <= _bins; count++)
                edges[count] = edges[count - 1] + 1 + Math.Abs(edges[count - 1]); // bins that no training row reaches keep w = 0
        }
    }

    /// <summary>How many bins are full, which share of the next is filled, and 1 / its width where x lies within it, else 0.</summary>
    private static (int Bin, T Share, T Slope) Place<T>(ReadOnlySpan<T> edges, T x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (low, high) = (0, edges.Length); // the number of edges at or below x
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (edges[middle] <= x)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return (0, T.Zero, T.Zero);
        if (low == edges.Length)
            return (edges.Length - 1, T.Zero, T.Zero);
        var width = edges[low] - edges[low - 1];
        return (low - 1, (x - edges[low - 1]) / width, T.One / width);
    }

    private sealed class Run<T>(PiecewiseLinear layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _outputs = memory.Block(layer.Outputs), _gradients = memory.Block(layer.Inputs);
        private readonly T[] _sums = new T[layer.Inputs * (layer._bins + 1) * layer._width]; // of all bins before; going back, of the gradients
        private (int Bin, T Share, T Slope)[] _places = [];
        private Matrix<T>? _x;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            (_x, var y) = (x, _outputs.Rows(x.Rows));
            var (width, bins, count) = (layer._width, layer._bins, x.Rows * layer.Inputs);
            if (_places.Length < count)
                _places = new (int, T, T)[count];
            var edges = memory.Values(layer._edges);
            var steps = memory.Values(layer._steps);
            var slopes = memory.Values(layer._slopes);
            var biases = memory.Values(layer._biases);
            for (var feature = 0; feature < layer.Inputs; feature++)
            {
                var sums = _sums.AsSpan(feature * (bins + 1) * width, (bins + 1) * width);
                biases.Slice(feature * width, width).CopyTo(sums);
                for (var bin = 0; bin < bins; bin++)
                    TensorPrimitives.Add(sums.Slice(bin * width, width), steps.Slice((feature * bins + bin) * width, width), sums.Slice((bin + 1) * width, width));
            }

            var from = x.Span;
            var to = y.Span;
            for (var i = 0; i < count; i++)
            {
                var feature = i % layer.Inputs;
                var place = _places[i] = Place(edges.Slice(feature * (bins + 1), bins + 1), from[i]);
                var own = to.Slice(i * width, width);
                TensorPrimitives.MultiplyAdd(slopes.Slice(feature * width, width), from[i], _sums.AsSpan((feature * (bins + 1) + place.Bin) * width, width), own);
                if (place.Bin < bins)
                    TensorPrimitives.MultiplyAdd(steps.Slice((feature * bins + place.Bin) * width, width), place.Share, own, own);
            }

            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            var (width, bins) = (layer._width, layer._bins);
            var stepGradients = memory.Gradients(layer._steps);
            var slopeGradients = memory.Gradients(layer._slopes);
            var steps = memory.Values(layer._steps);
            var slopes = memory.Values(layer._slopes);
            stepGradients.Clear();
            slopeGradients.Clear();
            _sums.AsSpan().Clear();
            Elementwise.SumRows(gradient.Span, memory.Gradients(layer._biases));
            var before = wantsInput ? _gradients.Rows(gradient.Rows) : null;
            var all = gradient.Span;
            var from = _x!.Span;
            for (var i = 0; i < gradient.Rows * layer.Inputs; i++)
            {
                var feature = i % layer.Inputs;
                var g = all.Slice(i * width, width);
                var place = _places[i];
                var slope = slopeGradients.Slice(feature * width, width);
                TensorPrimitives.MultiplyAdd(g, from[i], slope, slope);
                var sum = _sums.AsSpan((feature * (bins + 1) + place.Bin) * width, width);
                TensorPrimitives.Add(sum, g, sum);
                if (place.Bin < bins)
                {
                    var step = stepGradients.Slice((feature * bins + place.Bin) * width, width);
                    TensorPrimitives.MultiplyAdd(g, place.Share, step, step);
                }

                if (before is not null)
                    before.Span[i] = TensorPrimitives.Dot(g, slopes.Slice(feature * width, width))
                        + (place.Bin < bins ? place.Slope * TensorPrimitives.Dot(g, steps.Slice((feature * bins + place.Bin) * width, width)) : T.Zero);
            }

            for (var feature = 0; feature < layer.Inputs; feature++) // a full bin has the gradients of all rows beyond it
                for (var bin = bins - 1; bin >= 0; bin--)
                {
                    var sum = _sums.AsSpan((feature * (bins + 1) + bin) * width, width);
                    var beyond = _sums.AsSpan((feature * (bins + 1) + bin + 1) * width, width);
                    var step = stepGradients.Slice((feature * bins + bin) * width, width);
                    TensorPrimitives.Add(step, beyond, step);
                    TensorPrimitives.Add(sum, beyond, sum);
                }

            return before;
        }
    }
}
