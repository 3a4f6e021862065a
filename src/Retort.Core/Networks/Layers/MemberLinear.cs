using System.Numerics;

namespace Retort;

/// <summary>A head of each member's own: <c>y = W x + b</c>. Its products are small, so spans do them.</summary>
internal sealed class MemberLinear : Layer
{
    private readonly int _weights, _biases, _members;

    public MemberLinear(ParameterLayout layout, int inputs, int outputs, int members, double deviation) : base(inputs, outputs)
    {
        _members = members;
        _weights = layout.Add(ParameterRole.Head, [members, outputs, inputs], deviation);
        _biases = layout.Add(ParameterRole.Biases, [members, outputs]);
    }

    public override IReadOnlyList<UnitPlace> Units => [new(_weights, 2, false)];

    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout) =>
        (x.view(-1, _members, Inputs).transpose(0, 1).matmul(slots[_weights].transpose(1, 2)).transpose(0, 1) + slots[_biases]).reshape(-1, Outputs);

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots) =>
        (x.Reshape(-1, _members, Inputs).Transpose(1, 0, 2).MatMul(slots[_weights].Transpose(0, 2, 1)).Transpose(1, 0, 2) + slots[_biases]).Reshape(-1, Outputs);

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots)
    {
        var weights = slots[_weights];
        var biases = slots[_biases];
        for (var row = 0; row < rows; row++)
            for (var i = 0; i < Outputs; i++)
            {
                var place = row % _members * Outputs + i;
                y[row * Outputs + i] = biases[place] + TensorPrimitives.Dot(weights.Slice(place * Inputs, Inputs), x.Slice(row * Inputs, Inputs));
            }
    }

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, memory);

    private sealed class Run<T>(MemberLinear layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _outputs = memory.Block(layer.Outputs), _gradients = memory.Block(layer.Inputs);
        private Matrix<T>? _x;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            (_x, var y) = (x, _outputs.Rows(x.Rows));
            layer.Forward(x.Span, x.Rows, y.Span, memory.Slots);
            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            var (inputs, outputs) = (layer.Inputs, layer.Outputs);
            var weights = memory.Values(layer._weights);
            var slopes = memory.Gradients(layer._weights);
            slopes.Clear();
            Elementwise.SumRows(gradient.Span, memory.Gradients(layer._biases));
            var before = wantsInput ? _gradients.Rows(gradient.Rows) : null;
            before?.Span.Clear();
            for (var row = 0; row < gradient.Rows; row++)
                for (var i = 0; i < outputs; i++)
                {
                    var (own, g) = ((row % layer._members * outputs + i) * inputs, gradient.Row(row)[i]);
                    TensorPrimitives.MultiplyAdd(_x!.Row(row), g, slopes.Slice(own, inputs), slopes.Slice(own, inputs));
                    if (before is not null)
                        TensorPrimitives.MultiplyAdd(weights.Slice(own, inputs), g, before.Row(row), before.Row(row));
                }

            return before;
        }
    }
}
