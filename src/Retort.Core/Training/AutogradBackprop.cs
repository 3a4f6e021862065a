namespace Retort;

/// <summary>Gradients by libtorch's autograd, the reference for those written by hand, and what a GPU runs.</summary>
internal sealed class AutogradBackprop : Backprop
{
    private readonly NetworkGraph _graph;
    private readonly Tensor _gradients;
    private readonly Tensor[] _layers;
    private Tensor? _outputs;

    public AutogradBackprop(NetworkGraph graph, Tensor parameters, Tensor gradients)
    {
        (_graph, _gradients) = (graph, gradients);
        _layers = graph.Layout.Views(parameters);
        foreach (var (layer, gradient, slot) in _layers.Zip(graph.Layout.Views(gradients), graph.Layout.Slots))
            if (slot.Role != ParameterRole.Constants)
                layer.requires_grad_().grad = gradient;
    }

    public override Tensor Forward(Tensor features, Tensor? categories, Generator? dropout) =>
        _outputs = _graph.Forward(_layers, features, categories, dropout);

    public override void Backward(Tensor outputGradient)
    {
        _gradients.zero_();
        _outputs!.backward([outputGradient]);
    }
}
