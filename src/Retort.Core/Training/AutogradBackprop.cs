namespace Retort;

/// <summary>Gradients by libtorch's autograd, the reference for those written by hand, and what a GPU runs.</summary>
internal sealed class AutogradBackprop : Backprop
{
    private readonly NetworkGraph _graph;
    private readonly Tensor _gradients;
    private readonly Tensor[] _layers;
    private GraphPass? _pass;

    public AutogradBackprop(NetworkGraph graph, Tensor parameters, Tensor gradients)
    {
        (_graph, _gradients) = (graph, gradients.narrow(0, 0, graph.Layout.Count));
        _layers = graph.Layout.Views(parameters);
        foreach (var (layer, gradient, slot) in _layers.Zip(graph.Layout.Views(gradients), graph.Layout.Slots))
            if (slot.Role != ParameterRole.Constants)
                layer.requires_grad_().grad = gradient;
    }

    public override Tensor Forward(Tensor features, Tensor? categories, Generator? dropout, HiddenBlend? blend = null) =>
        (_pass = _graph.Pass(_layers, features, categories, dropout, blend: blend)).Outputs;

    public override Tensor ForwardHidden(Tensor features, Tensor? categories, Generator? dropout, HiddenBlend? blend = null)
    {
        _gradients.zero_();
        return (_pass = _graph.Pass(_layers, features, categories, dropout, withHead: false, blend)).Hidden;
    }

    public override void BackwardHidden(Tensor hiddenGradient)
    {
        if (_pass!.Hidden.requires_grad)
            (_pass.Hidden * hiddenGradient).sum().backward();
    }

    public override Tensor Entered => _pass!.Entered;

    public override IReadOnlyList<Tensor> Blocks => _pass!.Blocks;

    public override void Backward(Tensor outputGradient, IReadOnlyList<Tensor?>? blockGradients = null)
    {
        _gradients.zero_();
        var surrogate = (_pass!.Outputs * outputGradient).sum(); // whose gradient at the outputs is the one given
        for (var i = 0; i < blockGradients?.Count; i++)
            if (blockGradients[i] is { } gradient && _pass.Blocks[i].requires_grad)
                surrogate += (_pass.Blocks[i] * gradient).sum();
        surrogate.backward();
    }
}
