using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Cross-entropy for thousands of classes, computed in blocks of classes so that the logits of a step never lie in memory together.</summary>
/// <remarks>
/// <c>logsumexp_j(C_j · e) - C_y · e</c> with e what enters the last layer and C its weights: the sum runs over blocks of classes, and the backward pass computes
/// each block again. The value and the gradients are those of <see cref="CrossEntropyLoss"/> up to rounding. In nats. Where there are no more than
/// <see cref="BlockSize"/> classes it is <see cref="CrossEntropyLoss"/>. A step's memory falls from rows × classes to rows × BlockSize; its time rises by the products
/// that are computed twice. The source fuses all this into one GPU kernel and leaves out gradients below the precision of its number format: this is the portable form and leaves out nothing.
/// Needs a network whose last layer is a single linear one (not <c>tabm</c>), and no teacher. Targets must be class numbers; of mixed rows both classes are seen.
/// Source: Wijmans et al., Cut Your Losses in Large-Vocabulary Language Models, 2025, https://arxiv.org/abs/2411.09009
/// </remarks>
[Method("cce", Title = "Cut Your Losses in Large-Vocabulary Language Models", Authors = "Wijmans, Huval, Hertzberg, Koltun and Krähenbühl", Year = 2025,
    Link = "https://arxiv.org/abs/2411.09009", Tasks = LearningTasks.Multiclass)]
public sealed record ChunkedCrossEntropyLoss : RowLoss
{
    /// <summary>How many classes one block has. At least 1; default 4,096.</summary>
    [Range(256, 65536, 4096, true)]
    public int BlockSize { get; init; } = 4096;

    internal override int? ClassBlock => BlockSize;

    internal override bool TakesSoftTargets => false;

    /// <inheritdoc/>
    public override void Validate() => Check.AtLeast(BlockSize, 1);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The targets are probabilities.</exception>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2);
        if (targets.AreSoft)
            throw new InvalidOperationException("The targets of 'cce' must be class numbers, but are probabilities.");
        return logits.logsumexp(1) - logits.gather(1, targets.ClassNumbers().unsqueeze(1)).squeeze(1);
    }
}
