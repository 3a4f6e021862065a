using System.Buffers;
using System.Numerics;

namespace Retort;

/// <summary>How a network of one shape computes: numbers through their layers, categories through their encoders, all side by side through the trunk.</summary>
internal sealed class NetworkGraph
{
    public NetworkGraph(NetworkShape shape, ParameterLayout layout, Layer[] numbers, CategoryEncoder[] categories, Layer[] trunk)
    {
        (Shape, Layout, Numbers, Categories, Trunk) = (shape, layout, numbers, categories, trunk);
        NumberWidth = numbers.Length == 0 ? shape.Features : numbers[^1].Outputs;
        TrunkWidth = NumberWidth + categories.Sum(encoder => encoder.Width);
        Members = LayerChain.Members(trunk);
        Blocks = [.. Enumerable.Range(0, trunk.Length - 1).Where(i => trunk[i] is LinearLayer or Residual or LineResidual).Skip(1), trunk.Length - 1];
    }

    public NetworkShape Shape { get; }

    public ParameterLayout Layout { get; }

    public Layer[] Numbers { get; }

    public CategoryEncoder[] Categories { get; }

    public Layer[] Trunk { get; }

    /// <summary>How many rows of outputs there are for a row of inputs: 1, or the members of an ensemble.</summary>
    public int Members { get; }

    /// <summary>The layers of the trunk that blocks enter: those of weighted sums and the residual ones, but the first, and the last one in any case.</summary>
    public int[] Blocks { get; }

    /// <summary>How many numbers each block has.</summary>
    public int[] BlockWidths => [.. Blocks.Select(layer => Trunk[layer].Inputs)];

    public int NumberWidth { get; }

    public int TrunkWidth { get; }

    /// <summary>Raw outputs [rows × members, outputs]. Dropout is drawn where a stream is given.</summary>
    public Tensor Forward(IReadOnlyList<Tensor> slots, Tensor features, Tensor? categories, Generator? dropout) => Pass(slots, features, categories, dropout).Outputs;

    /// <summary>As <see cref="Forward(IReadOnlyList{Tensor}, Tensor, Tensor, Generator)"/>, as nodes of a graph.</summary>
    /// <param name="slots">The weights.</param>
    /// <param name="features">[rows, features]; null where there are none.</param>
    /// <param name="categories">A value [rows, 1] for each column.</param>
    public OnnxValue Forward(IReadOnlyList<OnnxValue> slots, OnnxValue? features, IReadOnlyList<OnnxValue> categories)
    {
        var numbers = features is null ? [] : (OnnxValue[])[LayerChain.Forward(Numbers, features, slots)];
        return LayerChain.Forward(Trunk, OnnxValue.Join([.. numbers, .. Categories.Select((encoder, column) => encoder.Forward(categories[column], slots))], 1), slots);
    }

    /// <summary>As <see cref="Forward(IReadOnlyList{Tensor}, Tensor, Tensor, Generator)"/>, with what was on the way.</summary>
    public GraphPass Pass(IReadOnlyList<Tensor> slots, Tensor features, Tensor? categories, Generator? dropout, bool withHead = true, HiddenBlend? blend = null)
    {
        var numbers = Shape.Features == 0 ? features : Numbers.Aggregate(features, (current, layer) => layer.Forward(current, slots, dropout));
        var encoded = Categories.Select((encoder, column) => encoder.Forward(categories!.select(1, column), slots, features.dtype));
        var joined = Categories.Length == 0 ? numbers : cat([numbers, .. encoded], 1);
        if (blend?.Block == -1)
            joined = blend.Of(joined);
        var (current, blocks) = (joined, new List<Tensor>());
        for (var i = 0; i < Trunk.Length; i++)
        {
            if (Array.IndexOf(Blocks, i) >= 0)
            {
                if (blend?.Block == blocks.Count)
                    current = blend.Of(current);
                blocks.Add(current);
            }

            if (i < Trunk.Length - 1 || withHead)
                current = Trunk[i].Forward(current, slots, dropout);
        }

        return new(joined, blocks, current);
    }

    /// <summary>As <see cref="Forward(IReadOnlyList{Tensor}, Tensor, Tensor, Generator)"/>, for one row and on spans: members × outputs numbers.</summary>
    public void ForwardRow(ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> outputs)
    {
        var slots = new Slots<float>(Layout, parameters);
        var rented = ArrayPool<float>.Shared.Rent(TrunkWidth);
        Join(features, categories, rented.AsSpan(0, TrunkWidth), slots);
        LayerChain.Forward<float>(Trunk, rented.AsSpan(0, TrunkWidth), 1, outputs, slots);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Sets what the training rows decide before the first step.</summary>
    /// <param name="features">Rows of numbers, stored one after the other.</param>
    /// <param name="categories">Their categories, likewise.</param>
    /// <param name="rows">How many there are.</param>
    /// <param name="parameters">The starting weights.</param>
    public void Prepare(ReadOnlySpan<float> features, ReadOnlySpan<long> categories, int rows, Span<float> parameters)
    {
        LayerChain.Prepare(Numbers, features, rows, parameters, Layout);
        var (joined, width, columns) = (new float[rows * TrunkWidth], TrunkWidth, Categories.Length);
        for (var row = 0; row < rows; row++)
            Join(features.Slice(row * Shape.Features, Shape.Features), categories.Slice(row * columns, columns), joined.AsSpan(row * width, width), new Slots<float>(Layout, parameters));
        LayerChain.Prepare(Trunk, joined, rows, parameters, Layout);
    }

    private void Join(ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> joined, Slots<float> slots)
    {
        if (Shape.Features > 0)
            LayerChain.Forward(Numbers, features, 1, joined[..NumberWidth], slots);
        var place = NumberWidth;
        for (var column = 0; column < categories.Length; column++)
        {
            Categories[column].Forward((int)categories[column], joined.Slice(place, Categories[column].Width), slots);
            place += Categories[column].Width;
        }
    }
}

/// <summary>What a network computed: what entered its trunk, its blocks, and its outputs.</summary>
internal sealed record GraphPass(Tensor Entered, IReadOnlyList<Tensor> Blocks, Tensor Outputs)
{
    /// <summary>What entered the last layer.</summary>
    public Tensor Hidden => Blocks[^1];
}

/// <summary>A network in training, every layer with its backward pass written by hand.</summary>
/// <remarks>
/// Products are libtorch's, in place into blocks that live as long as the run; everything elementwise is a vectorised pass over their memory.
/// For networks of the size that tables need, half the time of a step by autograd goes into single operators (its gradients are the reference in tests).
/// </remarks>
internal sealed class GraphBackprop<T> : Backprop where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NetworkGraph _graph;
    private readonly LayerMemory<T> _memory;
    private readonly LayerRun<T>[] _numbers, _trunk;
    private readonly Block<T> _joined, _numberGradients;
    private readonly Dictionary<int, (Block<T> Mixed, Block<T> Gradients)> _blends = [];
    private HiddenBlend? _blend; // of the last forward pass
    private readonly bool _numbersLearn;
    private Matrix<long>? _categories;
    private readonly Matrix<T>[] _blocks;
    private Matrix<T>? _entered, _hidden;
    private Matrix<T>? _gradient; // of a run that gives the same tensor in every step: what a matrix makes lives as long as its tensor

    public GraphBackprop(NetworkGraph graph, Tensor parameters, Tensor gradients)
    {
        (_graph, _memory) = (graph, new(graph.Layout, parameters, gradients));
        _numbers = [.. graph.Shape.Features == 0 ? [] : graph.Numbers.Select(layer => layer.Start(_memory))];
        _trunk = [.. graph.Trunk.Select(layer => layer.Start(_memory))];
        (_joined, _numberGradients) = (_memory.Block(graph.TrunkWidth), _memory.Block(graph.NumberWidth));
        _blocks = new Matrix<T>[graph.Blocks.Length];
        _numbersLearn = graph.Numbers.Any(layer => layer is not RobustScale) && graph.Shape.Features > 0;
        for (var slot = 0; slot < graph.Layout.Slots.Count; slot++)
            if (graph.Layout.Slots[slot].Role == ParameterRole.Constants || graph.Shape.Features == 0)
                _memory.Gradients(slot).Clear();
    }

    public override Tensor Forward(Tensor features, Tensor? categories, Generator? dropout, HiddenBlend? blend = null)
    {
        ForwardHidden(features, categories, dropout, blend);
        return _trunk[^1].Forward(_hidden!, dropout).Tensor;
    }

    public override Tensor ForwardHidden(Tensor features, Tensor? categories, Generator? dropout, HiddenBlend? blend = null)
    {
        _blend = blend;
        var rows = (int)features.shape[0];
        var current = new Matrix<T>(features, rows, _graph.Shape.Features);
        foreach (var layer in _numbers)
            current = layer.Forward(current, dropout);
        _categories = categories is null ? null : new(categories.contiguous(), rows, _graph.Categories.Length);
        if (_categories is not null)
            current = Join(current);
        if (blend?.Block == -1)
            current = Blend(current);
        _entered = current;
        for (int i = 0, block = 0; i < _trunk.Length; i++)
        {
            if (_graph.Blocks[block] == i)
            {
                if (blend?.Block == block)
                    current = Blend(current);
                _blocks[block++] = current;
            }

            if (i < _trunk.Length - 1)
                current = _trunk[i].Forward(current, dropout);
        }

        return (_hidden = current).Tensor;
    }

    public override Tensor Entered => _entered!.Tensor;

    public override IReadOnlyList<Tensor> Blocks => [.. _blocks.Select(block => block.Tensor)];

    public override void Backward(Tensor outputGradient, IReadOnlyList<Tensor?>? blockGradients = null)
    {
        var given = ReferenceEquals(_gradient?.Tensor, outputGradient) ? _gradient! : new(outputGradient, (int)outputGradient.shape[0], (int)outputGradient.shape[1]);
        _gradient = given;
        Backward(_trunk[^1].Backward(given, _trunk.Length > 1 || WantsEntered), blockGradients);
    }

    public override void BackwardHidden(Tensor hiddenGradient) => Backward(new Matrix<T>(hiddenGradient, (int)hiddenGradient.shape[0], (int)hiddenGradient.shape[1]), null);

    private bool WantsEntered => _numbersLearn || _graph.Categories.Length > 0;

    /// <summary>From the gradient at what entered the last layer.</summary>
    private void Backward(Matrix<T>? current, IReadOnlyList<Tensor?>? blockGradients)
    {
        var block = _blocks.Length - 1;
        for (var i = _trunk.Length - 1; i >= 0; i--)
        {
            if (i < _trunk.Length - 1)
                current = _trunk[i].Backward(current!, i > 0 || WantsEntered);
            if (block < 0 || _graph.Blocks[block] != i)
                continue;
            if (blockGradients?[block] is { } more)
                current?.Tensor.add_(more);
            if (_blend?.Block == block)
                current = Separate(_blend, current);
            block--;
        }

        if (_blend?.Block == -1)
            current = Separate(_blend, current);
        if (_graph.Categories.Length > 0)
            current = Separate(current!);
        if (!_numbersLearn)
            return;
        for (var i = _numbers.Length - 1; i >= 0; i--)
            current = _numbers[i].Backward(current!, i > 0);
    }

    /// <summary>The blend has memory of its own: layers keep what they gave.</summary>
    private Matrix<T> Blend(Matrix<T> rows)
    {
        if (!_blends.TryGetValue(_blend!.Block, out var memory))
            _blends.Add(_blend.Block, memory = (_memory.Block(rows.Width), _memory.Block(rows.Width)));
        var mixed = memory.Mixed.Rows(rows.Rows);
        _blend.Forward(rows, mixed);
        return mixed;
    }

    /// <summary>Hands each row its part of the gradient at the mixture; null where nobody wants it.</summary>
    private Matrix<T>? Separate(HiddenBlend blend, Matrix<T>? gradient)
    {
        if (gradient is null)
            return null;
        var apart = _blends[blend.Block].Gradients.Rows(gradient.Rows);
        blend.Backward(gradient, apart);
        return apart;
    }

    private Matrix<T> Join(Matrix<T> numbers)
    {
        var joined = _joined.Rows(numbers.Rows);
        var slots = _memory.Slots;
        for (var row = 0; row < joined.Rows; row++)
        {
            var line = joined.Row(row);
            var place = _graph.NumberWidth;
            numbers.Row(row).CopyTo(line);
            for (var column = 0; column < _graph.Categories.Length; column++)
            {
                var encoder = _graph.Categories[column];
                encoder.Forward((int)_categories!.Row(row)[column], line.Slice(place, encoder.Width), slots);
                place += encoder.Width;
            }
        }

        return joined;
    }

    /// <summary>Hands each category its part of the gradient; returns that of the numbers.</summary>
    private Matrix<T> Separate(Matrix<T> gradient)
    {
        foreach (var encoder in _graph.Categories)
            encoder.ClearGradients(_memory);
        var numbers = _numberGradients.Rows(gradient.Rows);
        for (var row = 0; row < gradient.Rows; row++)
        {
            var line = gradient.Row(row);
            var place = _graph.NumberWidth;
            line[..place].CopyTo(numbers.Row(row));
            for (var column = 0; column < _graph.Categories.Length; column++)
            {
                var encoder = _graph.Categories[column];
                encoder.Backward((int)_categories!.Row(row)[column], line.Slice(place, encoder.Width), _memory);
                place += encoder.Width;
            }
        }

        return numbers;
    }
}
