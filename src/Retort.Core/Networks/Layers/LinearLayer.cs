using System.Numerics;

namespace Retort;

/// <summary><c>y = Factor · W x + b</c>.</summary>
internal sealed class LinearLayer : Layer
{
    private readonly int _weights, _biases = -1;
    private readonly float _factor;
    private readonly bool _standardises;

    /// <param name="layout">Where weights and biases are placed.</param>
    /// <param name="inputs">Numbers that enter.</param>
    /// <param name="outputs">Numbers that leave.</param>
    /// <param name="role">Of the weights.</param>
    /// <param name="deviation">Of the starting weights.</param>
    /// <param name="factor">1, or 1 / sqrt(inputs) in the neural-tangent parametrisation.</param>
    /// <param name="biasRate">The learning-rate factor of the biases.</param>
    /// <param name="biasDeviation">Of the starting biases.</param>
    /// <param name="hasBiases">Whether b is there.</param>
    /// <param name="standardises">Whether each output's weights are scaled, before the first step, to outputs of deviation 1 on the training rows.</param>
    public LinearLayer(ParameterLayout layout, int inputs, int outputs, ParameterRole role, double deviation,
        double factor = 1, double biasRate = 1, double biasDeviation = 0, bool hasBiases = true, bool standardises = false) : base(inputs, outputs)
    {
        _weights = layout.Add(role, [outputs, inputs], deviation);
        if (hasBiases)
            _biases = layout.Add(ParameterRole.Biases, [outputs], biasDeviation, rate: biasRate);
        (_factor, _standardises) = ((float)factor, standardises); // as libtorch takes it
    }

    public int Weights => _weights;

    public int Biases => _biases;

    public double Factor => _factor;

    public override IReadOnlyList<UnitPlace> Units => [new(_weights, 0, true), new(_weights, 1, false), .. _biases < 0 ? [] : (UnitPlace[])[new(_biases, 0, true)]];

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout) =>
        nn.functional.linear(_factor == 1 ? x : x * _factor, slots[_weights], _biases < 0 ? null : slots[_biases]);

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots)
    {
        var y = (x * _factor).MatMul(slots[_weights].Transpose(1, 0));
        return _biases < 0 ? y : y + slots[_biases];
    }

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        var weights = slots[_weights];
        var factor = T.CreateTruncating(_factor);
        var biases = _biases < 0 ? default : slots[_biases];
        for (var row = 0; row < rows; row++)
            for (var i = 0; i < Outputs; i++)
                y[row * Outputs + i] = (biases.IsEmpty ? T.Zero : biases[i]) + factor * TensorPrimitives.Dot(weights.Slice(i * Inputs, Inputs), x.Slice(row * Inputs, Inputs));
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, memory);

    public override void Prepare(ReadOnlySpan<float> sample, int rows, Span<float> parameters, ParameterLayout layout)
    {
        if (!_standardises || rows < 2)
            return;
        var weights = parameters.Slice(layout.Slots[_weights].Offset, layout.Slots[_weights].Count);
        for (var i = 0; i < Outputs; i++)
        {
            var own = weights.Slice(i * Inputs, Inputs);
            var (sum, squares) = (0.0, 0.0);
            for (var row = 0; row < rows; row++)
            {
                var value = _factor * TensorPrimitives.Dot<float>(own, sample.Slice(row * Inputs, Inputs));
                (sum, squares) = (sum + value, squares + value * value);
            }

            var deviation = Math.Sqrt(Math.Max(0, squares / rows - sum / rows * (sum / rows)));
            if (deviation > 1e-6)
                TensorPrimitives.Divide(own, (float)deviation, own);
        }
    }

    private sealed class Run<T>(LinearLayer layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _outputs = memory.Block(layer.Outputs), _gradients = memory.Block(layer.Inputs);
        private readonly Tensor _weights = memory.Value(layer._weights), _weightGradients = memory.Gradient(layer._weights);
        private readonly Tensor _transposed = memory.Keep(memory.Value(layer._weights).t());
        private Matrix<T>? _inputs;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            _inputs = x;
            var y = _outputs.Rows(x.Rows);
            y.Tensor.addmm_(x.Tensor, _transposed, beta: 0, alpha: layer._factor);
            if (layer._biases >= 0)
                Elementwise.AddRow(y.Span, memory.Values(layer._biases));
            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            _weightGradients.addmm_(gradient.Transposed, _inputs!.Tensor, beta: 0, alpha: layer._factor);
            if (layer._biases >= 0)
                Elementwise.SumRows(gradient.Span, memory.Gradients(layer._biases));
            if (!wantsInput)
                return null;
            var before = _gradients.Rows(gradient.Rows);
            before.Tensor.addmm_(gradient.Tensor, _weights, beta: 0, alpha: layer._factor);
            return before;
        }
    }
}
