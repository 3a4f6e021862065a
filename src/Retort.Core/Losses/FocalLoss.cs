using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Cross-entropy in which rows that the model already gets right count less.</summary>
/// <remarks>
/// <c>sum over classes of q * (1 - p)^Gamma * -ln p</c>, where p are the probabilities [rows, classes] and q the targets, class numbers or probabilities. In nats.
/// Its probabilities are less sure of themselves than those of cross-entropy, which often calibrates an overfitted network, and makes a fitting one underconfident.
/// Source: Lin, Goyal, Girshick, He and Dollár, Focal Loss for Dense Object Detection, 2017, eq. 4, https://arxiv.org/abs/1708.02002; without its weight alpha of the classes: weigh the rows instead.
/// Not against label noise: rows with a wrong label are never easy.
/// </remarks>
[Method("focal", Title = "Focal Loss for Dense Object Detection", Authors = "Lin, Goyal, Girshick, He and Dollár", Year = 2017,
    Link = "https://arxiv.org/abs/1708.02002", Tasks = LearningTasks.Classification)]
public sealed record FocalLoss : RowLoss
{
    /// <summary>How much less easy rows count: 0 gives plain cross-entropy. At least 0; default 2, the source's.</summary>
    [Range(0.0, 5.0, 2.0)]
    public double Gamma { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate() => Check.AtLeast(Gamma, 0);

    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2);
        var logP = logits.log_softmax(1);
        return -(targets.Distribution(logits) * Stable.Miss(logP).pow(Gamma) * logP).sum(1);
    }
}
