using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Focal loss whose exponent is larger for rows that the model gets wrong, chosen for calibration.</summary>
/// <remarks>
/// <c>sum over classes of q * (1 - p)^gamma(p) * -ln p</c> with gamma = <see cref="HardGamma"/> where p is below <see cref="Threshold"/>, else <see cref="EasyGamma"/>;
/// p are the probabilities [rows, classes], q the targets, class numbers or probabilities. In nats. The value jumps at the threshold; its gradient is that of the branch.
/// Source: Mukhoti, Kulharia, Sanyal, Golodetz, Torr and Dokania, Calibrating Deep Neural Networks using Focal Loss, 2020, sec. 5 (FLSD-53), https://arxiv.org/abs/2002.09437
/// Not where a network does not overfit: it leaves such a network underconfident.
/// Seen (<c>./bench losses</c>): no advantage on mammography and phoneme, over five splits, F1 is 2.1 and 0.5 points below cross-entropy (1.3 and 0.8 paired standard errors), ECE before any calibration 0.13 and 0.12 higher, and after Platt scaling the same.
/// </remarks>
[Method("flsd-53", Title = "Calibrating Deep Neural Networks using Focal Loss", Authors = "Mukhoti, Kulharia, Sanyal, Golodetz, Torr and Dokania", Year = 2020,
    Link = "https://arxiv.org/abs/2002.09437", Tasks = LearningTasks.Classification)]
public sealed record SampleFocalLoss : RowLoss
{
    /// <summary>The exponent where the true class has little probability. At least 0; default 5, the source's.</summary>
    [Range(0.0, 8.0, 5.0)]
    public double HardGamma { get; init; } = 5;

    /// <summary>The exponent elsewhere. At least 0; default 3, the source's.</summary>
    [Range(0.0, 5.0, 3.0)]
    public double EasyGamma { get; init; } = 3;

    /// <summary>The probability of the true class that parts the two. In [0, 1]; default 0.2, the source's.</summary>
    [Range(0.05, 0.5, 0.2)]
    public double Threshold { get; init; } = 0.2;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(HardGamma, 0);
        Check.AtLeast(EasyGamma, 0);
        Check.InRange(Threshold, 0, 1);
    }

    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2);
        var logP = logits.log_softmax(1);
        var miss = Stable.Miss(logP);
        var factor = where(logP.exp() < Threshold, miss.pow(HardGamma), miss.pow(EasyGamma));
        return -(targets.Distribution(logits) * factor * logP).sum(1);
    }
}
