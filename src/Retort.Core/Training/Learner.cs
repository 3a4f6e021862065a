namespace Retort;

/// <summary>One network in training: its weights and their gradients in flat buffers, and how they change.</summary>
internal sealed class Learner
{
    private readonly Tensor[] _views, _headSlots;
    private readonly Tensor _headGradients;
    private readonly Stepper _stepper;
    private readonly WeightAverage? _average;
    private readonly Generator _dropout;
    private readonly bool _isManaged;

    /// <param name="graph">The network.</param>
    /// <param name="heads">What is trained beside it.</param>
    /// <param name="recipe">How it is trained.</param>
    /// <param name="rows">What its layers take their medians and the like from.</param>
    /// <param name="initial">Where its weights begin.</param>
    /// <param name="dropout">What its dropout draws from.</param>
    /// <param name="place">Where it is trained.</param>
    /// <param name="begin">Weights that it begins from; null draws them.</param>
    public Learner(NetworkGraph graph, HeadLayers heads, Recipe recipe, TaskData rows, Generator initial, Generator dropout, Place place, float[]? begin = null)
    {
        (Graph, Heads, _dropout, _isManaged) = (graph, heads, dropout, place.IsManaged);
        Start = heads.Layout.Initial(initial);
        if (begin is null)
            rows.Prepare(graph, Start);
        else
            begin.CopyTo(Start, 0);
        Parameters = Memory.Copy(Start).to(place.Device);
        Gradients = zeros(Start.Length, dtype: float32, device: place.Device);
        Network = _isManaged ? new GraphBackprop<float>(graph, Parameters, Gradients) : new AutogradBackprop(graph, Parameters, Gradients);
        (_views, Slopes) = (graph.Layout.Views(Parameters), graph.Layout.Views(Gradients));
        _headGradients = Gradients.narrow(0, graph.Layout.Count, Start.Length - graph.Layout.Count);
        _headSlots = heads.Any ? heads.Layout.Views(Parameters) : [];
        var slopes = heads.Any ? heads.Layout.Views(Gradients) : [];
        for (var slot = graph.Layout.Slots.Count; slot < _headSlots.Length; slot++)
            (_headSlots[slot] = _headSlots[slot].detach().requires_grad_()).grad = slopes[slot];
        _stepper = recipe.Optimizer.Start(heads.Layout);
        _average = recipe.Averaging?.Start(Parameters);
        Meter = new(recipe.ClipNorm, place.Device);
    }

    public NetworkGraph Graph { get; }

    public HeadLayers Heads { get; }

    public Backprop Network { get; }

    /// <summary>The weights before the first step.</summary>
    public float[] Start { get; }

    public Tensor Parameters { get; }

    public Tensor Gradients { get; }

    /// <summary>The gradients of the network, layer by layer.</summary>
    public Tensor[] Slopes { get; }

    /// <summary>The network's weights, layer by layer.</summary>
    public Tensor[] Views => _views;

    public GradientMeter Meter { get; }

    /// <summary>Raw outputs in training, [rows × members, outputs].</summary>
    public Tensor Forward(Tensor features, Tensor? categories, HiddenBlend? blend = null) => Network.Forward(features, categories, _dropout, blend);

    /// <summary>As <see cref="Forward"/>, up to the last layer.</summary>
    public Tensor ForwardHidden(Tensor features, Tensor? categories, HiddenBlend? blend = null) => Network.ForwardHidden(features, categories, _dropout, blend);

    /// <summary>What the heads make of blocks, with gradients for both.</summary>
    public IReadOnlyList<Tensor> OfHeads(IReadOnlyList<Tensor> blocks)
    {
        if (!Heads.Any)
            return [];
        using (no_grad())
            _headGradients.zero_();
        return Heads.Forward(blocks, _headSlots);
    }

    /// <summary>Raw outputs without dropout, with gradients at the features and none at the weights.</summary>
    public Tensor Answer(Tensor features, Tensor? categories) => Graph.Forward([.. _views.Select(view => view.detach())], features, categories, null);

    /// <summary>Changes the weights by the gradients that are there.</summary>
    /// <param name="learningRate">The size of the step.</param>
    /// <param name="progress">The share of the run that is done at the end of this epoch.</param>
    /// <param name="endsEpoch">Whether the step is the last of its epoch.</param>
    public void Step(double learningRate, double progress, bool endsEpoch)
    {
        if (_isManaged)
        {
            Meter.Measure(Memory.Of<float>(Gradients));
            _stepper.Step(Memory.Of<float>(Parameters), Memory.Of<float>(Gradients), learningRate);
        }
        else
        {
            Meter.MeasureThere(Gradients);
            _stepper.Step(Parameters, Gradients, learningRate);
        }

        _average?.Take(Parameters, progress, endsEpoch);
    }

    /// <summary>The weights and their average, if there is one, change places.</summary>
    public void Exchange() => _average?.Exchange(Parameters);

    /// <summary>Writes what the next steps depend on.</summary>
    public void Write(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        writer.Write(Memory.Of<byte>(Parameters.cpu()));
        _dropout.Write(writer);
        Meter.Write(writer);
        _stepper.Write(writer);
        _average?.Write(writer);
    }

    /// <summary>Goes on where one of the same settings wrote itself.</summary>
    /// <exception cref="EndOfStreamException">There is less than <see cref="Write"/> writes.</exception>
    public void Read(BinaryReader reader)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var here = empty_like(Parameters, device: CPU);
        reader.BaseStream.ReadExactly(Memory.Of<byte>(here));
        Parameters.copy_(here);
        _dropout.Read(reader);
        Meter.Read(reader);
        _stepper.Read(reader);
        _average?.Read(reader);
    }
}
