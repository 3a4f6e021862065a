namespace Retort;

/// <summary>A network in training: forward to the logits, and from their gradient back to the flat buffer of gradients.</summary>
internal abstract class Backprop
{
    /// <summary>Raw outputs [rows, outputs]. Dropout is drawn where a stream is given.</summary>
    public abstract Tensor Forward(Tensor features, Tensor? categories, Generator? dropout);

    /// <summary>Writes the gradients of the last forward pass.</summary>
    public abstract void Backward(Tensor outputGradient);
}
