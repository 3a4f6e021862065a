namespace Retort;

/// <summary>The shape of a network. The weights lie elsewhere, in one flat buffer that the layers are views of.</summary>
public abstract record Network : Part
{
    /// <summary>Where each layer lies in the flat buffer. The last two are the weights and biases of a linear head.</summary>
    internal abstract ParameterLayout Layout(NetworkShape shape);

    /// <summary>Raw outputs [rows, outputs]. Dropout is drawn where a stream is given.</summary>
    internal abstract Tensor Forward(IReadOnlyList<Tensor> layers, NetworkShape shape, Tensor features, Tensor? categories, Generator? dropout);

    /// <summary>As <see cref="Forward"/>, for one row and without libtorch.</summary>
    internal abstract void ForwardRow(
        ParameterLayout layout, NetworkShape shape, ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> outputs);

    /// <summary>The network in training on a buffer of parameters and one of gradients.</summary>
    internal virtual Backprop Train(NetworkShape shape, Tensor parameters, Tensor gradients) => new AutogradBackprop(this, shape, parameters, gradients);
}
