using System.Numerics;

namespace Retort;

/// <summary>An <see cref="Mlp"/> in training, with its backward pass written by hand.</summary>
/// <remarks>
/// Products are libtorch's, in place into buffers that live as long as the run; everything elementwise is one vectorised pass over their memory.
/// For networks of the size that tables need, half the time of a step by autograd goes into single operators (its gradients are the reference in tests).
/// </remarks>
internal sealed class MlpBackprop<T> : Backprop where T : unmanaged, IFloatingPoint<T>
{
    private readonly Mlp _mlp;
    private readonly NetworkShape _shape;
    private readonly Tensor _parameters;
    private readonly Tensor[] _embeddings, _embeddingGradients;
    private readonly Layer[] _layers;
    private readonly int _width;
    private Tensor? _joined, _joinedGradient;
    private Tensor _inputs = null!;
    private Tensor? _categories;

    public MlpBackprop(Mlp mlp, NetworkShape shape, Tensor parameters, Tensor gradients)
    {
        (_mlp, _shape, _parameters) = (mlp, shape, parameters);
        var layout = mlp.Layout(shape);
        var (values, slopes) = (layout.Views(parameters), layout.Views(gradients));
        var columns = shape.Cardinalities.Count;
        (_embeddings, _embeddingGradients) = (values[..columns], slopes[..columns]);
        _layers = new Layer[(values.Length - columns) / 2];
        for (var i = 0; i < _layers.Length; i++)
        {
            var slot = columns + 2 * i;
            _layers[i] = new() { Weights = values[slot], Transposed = values[slot].t(), Biases = values[slot + 1], WeightGradients = slopes[slot], BiasGradients = slopes[slot + 1] };
        }

        _width = (int)_layers[0].Weights.shape[1];
    }

    public override Tensor Forward(Tensor features, Tensor? categories, Generator? dropout)
    {
        var rows = (int)features.shape[0];
        _categories = categories;
        _inputs = _embeddings.Length == 0 ? features : Join(features, rows);

        var current = _inputs;
        foreach (var layer in _layers)
        {
            layer.Inputs = current;
            layer.Sums = Buffer(ref layer.SumsBuffer, rows, layer.Width);
            layer.Sums.addmm_(current, layer.Transposed, beta: 0);
            current = layer == _layers[^1] ? AddBiases(layer) : Bend(layer, dropout);
        }

        return current;
    }

    public override void Backward(Tensor outputGradient)
    {
        var gradient = outputGradient;
        for (var i = _layers.Length - 1; i >= 0; i--)
        {
            var layer = _layers[i];
            layer.WeightGradients.addmm_(gradient.t(), layer.Inputs, beta: 0);
            Elementwise.SumRows(Memory.Of<T>(gradient), Memory.Of<T>(layer.BiasGradients));
            if (i == 0 && _embeddings.Length == 0)
                return;

            var before = i == 0 ? Buffer(ref _joinedGradient, (int)gradient.shape[0], _width) : Buffer(ref _layers[i - 1].GradientBuffer, (int)gradient.shape[0], _layers[i - 1].Width);
            before.addmm_(gradient, layer.Weights, beta: 0);
            if (i > 0)
                BendBack(_layers[i - 1], before);
            gradient = before;
        }

        Scatter(Memory.Of<T>(gradient));
    }

    private static Tensor AddBiases(Layer layer)
    {
        Elementwise.AddRow(Memory.Of<T>(layer.Sums), Memory.Of<T>(layer.Biases));
        return layer.Sums;
    }

    private Tensor Bend(Layer layer, Generator? dropout)
    {
        if (_mlp.Activation == Activation.Relu)
        {
            Elementwise.AddRowAndRectify(Memory.Of<T>(layer.Sums), Memory.Of<T>(layer.Biases));
            layer.Outputs = layer.Sums;
        }
        else
        {
            AddBiases(layer);
            layer.Outputs = _mlp.Activation == Activation.Silu ? layer.Sums.silu() : layer.Sums.tanh();
        }

        layer.Mask = dropout is null || _mlp.Dropout == 0 ? null : _mlp.Mask(layer.Outputs.numel(), dropout);
        if (layer.Mask is null)
            return layer.Outputs;
        if (_mlp.Activation == Activation.Relu)
        {
            Elementwise.Multiply(Memory.Of<T>(layer.Outputs), layer.Mask); // what is left out is 0, which stops its gradient too
            return layer.Outputs;
        }

        var kept = layer.Outputs.clone();
        Elementwise.Multiply(Memory.Of<T>(kept), layer.Mask);
        return kept;
    }

    private void BendBack(Layer layer, Tensor gradient)
    {
        var slopes = Memory.Of<T>(gradient);
        if (layer.Mask is not null)
            Elementwise.Multiply(slopes, layer.Mask);
        switch (_mlp.Activation)
        {
            case Activation.Relu:
                Elementwise.KeepWherePositive(slopes, Memory.Of<T>(layer.Outputs));
                break;
            case Activation.Tanh:
                gradient.mul_(1 - layer.Outputs.square());
                break;
            default: // x s(x) has the slope s + x s (1 - s)
                var sigmoid = layer.Sums.sigmoid();
                gradient.mul_(sigmoid + layer.Outputs * (1 - sigmoid));
                break;
        }
    }

    private Tensor Join(Tensor features, int rows)
    {
        var joined = Buffer(ref _joined, rows, _width);
        var all = Memory.Of<T>(joined);
        var categories = Memory.Of<long>(_categories!);
        var numbers = _shape.Features == 0 ? default : Memory.Of<T>(features);
        for (var column = 0; column < _embeddings.Length; column++)
        {
            var table = Memory.Of<T>(_embeddings[column]);
            for (var row = 0; row < rows; row++)
                Embedding(table, categories[row * _embeddings.Length + column]).CopyTo(all[Place(row, column)..]);
        }

        for (var row = 0; row < rows && _shape.Features > 0; row++)
            numbers.Slice(row * _shape.Features, _shape.Features).CopyTo(all[(row * _width)..]);
        return joined;
    }

    private void Scatter(ReadOnlySpan<T> gradient)
    {
        var categories = Memory.Of<long>(_categories!);
        for (var column = 0; column < _embeddings.Length; column++)
        {
            var table = Memory.Of<T>(_embeddingGradients[column]);
            table.Clear();
            for (var row = 0; row < categories.Length / _embeddings.Length; row++)
                Elementwise.Add(Embedding(table, categories[row * _embeddings.Length + column]), gradient.Slice(Place(row, column), _mlp.EmbeddingWidth));
        }
    }

    private Span<T> Embedding(Span<T> table, long category) => table.Slice((int)category * _mlp.EmbeddingWidth, _mlp.EmbeddingWidth);

    private int Place(int row, int column) => row * _width + _shape.Features + column * _mlp.EmbeddingWidth;

    /// <summary>A buffer's first rows; it grows where it is too small, and dies with the parameters' scope.</summary>
    private Tensor Buffer(ref Tensor? buffer, int rows, int width)
    {
        if (buffer is null || buffer.shape[0] < rows)
        {
            buffer?.Dispose();
            buffer = zeros(rows, width, dtype: _parameters.dtype, device: _parameters.device);
            buffer.DetachFromDisposeScope().MoveToOtherDisposeScope(_parameters); // a tensor that moves to the scope it is in is lost to it
        }

        return buffer.shape[0] == rows ? buffer : buffer.narrow(0, 0, rows);
    }

    private sealed class Layer
    {
        public required Tensor Weights, Transposed, Biases, WeightGradients, BiasGradients;
        public Tensor? SumsBuffer, GradientBuffer;
        public Tensor Inputs = null!, Sums = null!, Outputs = null!;
        public float[]? Mask;

        public int Width => (int)Biases.shape[0];
    }
}
