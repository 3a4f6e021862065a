using System.Buffers;
using System.Numerics;

namespace Retort;

/// <summary>
/// Each feature becomes waves <c>z = cos(2 pi c x + p)</c> with learned frequencies c and phases p, and these a learned linear map: <c>W z + b</c>.
/// Where it keeps the feature, x itself is the first of the numbers that leave.
/// </summary>
internal sealed class Periodic : Layer
{
    private readonly int _frequencies, _phases, _weights, _biases, _waves, _width, _mapped;

    /// <param name="layout">Where the slots are placed.</param>
    /// <param name="features">Numbers that enter.</param>
    /// <param name="waves">Waves a feature.</param>
    /// <param name="width">Numbers that leave a feature.</param>
    /// <param name="deviation">Of the starting frequencies.</param>
    /// <param name="keepsFeature">Whether x itself is one of the numbers that leave.</param>
    public Periodic(ParameterLayout layout, int features, int waves, int width, double deviation, bool keepsFeature) : base(features, features * width)
    {
        (_waves, _width, _mapped) = (waves, width, keepsFeature ? width - 1 : width);
        _frequencies = layout.Add(ParameterRole.Table, [features, waves], deviation);
        _phases = layout.Add(ParameterRole.Biases, [features, waves], Math.PI);
        _weights = layout.Add(ParameterRole.Table, [features, _mapped, waves], 1 / Math.Sqrt(waves));
        _biases = layout.Add(ParameterRole.Biases, [features, _mapped]);
    }

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout)
    {
        var waves = (x.unsqueeze(-1) * slots[_frequencies] * (2 * Math.PI) + slots[_phases]).cos(); // [rows, features, waves]
        var mapped = waves.transpose(0, 1).matmul(slots[_weights].transpose(1, 2)).transpose(0, 1) + slots[_biases];
        return (_mapped == _width ? mapped : cat([x.unsqueeze(-1), mapped], 2)).reshape(-1, Outputs);
    }

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots)
    {
        var each = x.Reshape(-1, Inputs, 1);
        var waves = (each * slots[_frequencies] * (2 * Math.PI) + slots[_phases]).Cos(); // [rows, features, waves]
        var mapped = waves.Transpose(1, 0, 2).MatMul(slots[_weights].Transpose(0, 2, 1)).Transpose(1, 0, 2) + slots[_biases];
        return (_mapped == _width ? mapped : OnnxValue.Join([each, mapped], 2)).Reshape(-1, Outputs);
    }

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        var rented = ArrayPool<T>.Shared.Rent(Inputs * _waves);
        var waves = rented.AsSpan(0, Inputs * _waves);
        for (var row = 0; row < rows; row++)
        {
            var own = x.Slice(row * Inputs, Inputs);
            Angles(own, slots, waves);
            TensorPrimitives.Cos(waves, waves);
            Map<T>(own, waves, y.Slice(row * Outputs, Outputs), slots);
        }

        ArrayPool<T>.Shared.Return(rented);
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, memory);

    private void Angles<T>(ReadOnlySpan<T> x, Slots<T> slots, Span<T> angles) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var frequencies = slots[_frequencies];
        var phases = slots[_phases];
        for (var feature = 0; feature < Inputs; feature++)
            TensorPrimitives.MultiplyAdd(frequencies.Slice(feature * _waves, _waves), T.Tau * x[feature], phases.Slice(feature * _waves, _waves), angles.Slice(feature * _waves, _waves));
    }

    private void Map<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> waves, Span<T> y, Slots<T> slots) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var weights = slots[_weights];
        var biases = slots[_biases];
        for (var feature = 0; feature < Inputs; feature++)
        {
            var own = waves.Slice(feature * _waves, _waves);
            var place = feature * _width;
            if (_mapped < _width)
                y[place++] = x[feature];
            for (var i = 0; i < _mapped; i++)
                y[place + i] = biases[feature * _mapped + i] + TensorPrimitives.Dot(own, weights.Slice((feature * _mapped + i) * _waves, _waves));
        }
    }

    private sealed class Run<T>(Periodic layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _outputs = memory.Block(layer.Outputs), _gradients = memory.Block(layer.Inputs);
        private readonly Block<T> _cosines = memory.Block(layer.Inputs * layer._waves), _sines = memory.Block(layer.Inputs * layer._waves);
        private readonly T[] _slope = new T[layer._waves];
        private Matrix<T>? _x, _z, _s;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            (_x, _z, _s, var y) = (x, _cosines.Rows(x.Rows), _sines.Rows(x.Rows), _outputs.Rows(x.Rows));
            for (var row = 0; row < x.Rows; row++)
                layer.Angles(x.Row(row), memory.Slots, _s.Row(row));
            TensorPrimitives.Cos(_s.Span, _z.Span);
            TensorPrimitives.Sin(_s.Span, _s.Span);
            for (var row = 0; row < x.Rows; row++)
                layer.Map<T>(x.Row(row), _z.Row(row), y.Row(row), memory.Slots);
            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            var (waves, width, mapped) = (layer._waves, layer._width, layer._mapped);
            var frequencies = memory.Values(layer._frequencies);
            var weights = memory.Values(layer._weights);
            var frequencySlopes = memory.Gradients(layer._frequencies);
            var phaseSlopes = memory.Gradients(layer._phases);
            var weightSlopes = memory.Gradients(layer._weights);
            var biasSlopes = memory.Gradients(layer._biases);
            frequencySlopes.Clear();
            phaseSlopes.Clear();
            weightSlopes.Clear();
            biasSlopes.Clear();
            var before = wantsInput ? _gradients.Rows(gradient.Rows) : null;
            for (var row = 0; row < gradient.Rows; row++)
                for (var feature = 0; feature < layer.Inputs; feature++)
                {
                    var g = gradient.Row(row).Slice(feature * width, width);
                    var kept = mapped < width ? g[0] : T.Zero;
                    g = g[(width - mapped)..];
                    var (x, first) = (_x!.Row(row)[feature], feature * waves);
                    var slope = _slope.AsSpan();
                    slope.Clear();
                    for (var i = 0; i < mapped; i++)
                    {
                        var place = (feature * mapped + i) * waves;
                        biasSlopes[feature * mapped + i] += g[i];
                        TensorPrimitives.MultiplyAdd(_z!.Row(row).Slice(first, waves), g[i], weightSlopes.Slice(place, waves), weightSlopes.Slice(place, waves));
                        TensorPrimitives.MultiplyAdd(weights.Slice(place, waves), g[i], slope, slope);
                    }

                    TensorPrimitives.Multiply(slope, _s!.Row(row).Slice(first, waves), slope); // minus the gradient at the angles
                    TensorPrimitives.Subtract(phaseSlopes.Slice(first, waves), slope, phaseSlopes.Slice(first, waves));
                    TensorPrimitives.MultiplyAdd(slope, -T.Tau * x, frequencySlopes.Slice(first, waves), frequencySlopes.Slice(first, waves));
                    if (before is not null)
                        before.Row(row)[feature] = kept - T.Tau * TensorPrimitives.Dot(slope, frequencies.Slice(first, waves));
                }

            return before;
        }
    }
}
