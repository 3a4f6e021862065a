namespace Retort;

/// <summary>A network in training: forward to the logits, and from their gradient back to the flat buffer of gradients.</summary>
internal abstract class Backprop
{
    /// <summary>Raw outputs [rows, outputs].</summary>
    /// <param name="features">Numbers [rows, features].</param>
    /// <param name="categories">Category numbers [rows, columns]; null where there are none.</param>
    /// <param name="dropout">What dropout is drawn from; null for none.</param>
    /// <param name="blend">How rows are mixed on the way; null for not at all.</param>
    public abstract Tensor Forward(Tensor features, Tensor? categories, Generator? dropout, HiddenBlend? blend = null);

    /// <summary>As <see cref="Forward"/>, without the last layer: the last block.</summary>
    public abstract Tensor ForwardHidden(Tensor features, Tensor? categories, Generator? dropout, HiddenBlend? blend = null);

    /// <summary>Writes the gradients of the last <see cref="ForwardHidden"/>; those of the last layer are not touched.</summary>
    public abstract void BackwardHidden(Tensor hiddenGradient);

    /// <summary>What entered the layers behind the embeddings in the last forward pass, [rows, width]; mixed where that was mixed.</summary>
    public abstract Tensor Entered { get; }

    /// <summary>The blocks of the last forward pass, each [rows, width] or, behind where members begin, [rows × members, width].</summary>
    public abstract IReadOnlyList<Tensor> Blocks { get; }

    /// <summary>Writes the gradients of the last forward pass.</summary>
    /// <param name="outputGradient">At the outputs.</param>
    /// <param name="blockGradients">What is to be added at <see cref="Blocks"/>; null for nothing.</param>
    public abstract void Backward(Tensor outputGradient, IReadOnlyList<Tensor?>? blockGradients = null);
}
