namespace Retort;

/// <summary>Gradients by libtorch's autograd, for networks that have no backward pass of their own.</summary>
internal sealed class AutogradBackprop : Backprop
{
    private readonly Network _network;
    private readonly NetworkShape _shape;
    private readonly Tensor _gradients;
    private readonly Tensor[] _layers;
    private Tensor? _outputs;

    public AutogradBackprop(Network network, NetworkShape shape, Tensor parameters, Tensor gradients)
    {
        (_network, _shape, _gradients) = (network, shape, gradients);
        var layout = network.Layout(shape);
        _layers = layout.Views(parameters);
        foreach (var (layer, gradient) in _layers.Zip(layout.Views(gradients)))
            layer.requires_grad_().grad = gradient;
    }

    public override Tensor Forward(Tensor features, Tensor? categories, Generator? dropout) =>
        _outputs = _network.Forward(_layers, _shape, features, categories, dropout);

    public override void Backward(Tensor outputGradient)
    {
        _gradients.zero_();
        _outputs!.backward([outputGradient]);
    }
}
