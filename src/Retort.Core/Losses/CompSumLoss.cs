using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A family from the sum of exponentials over cross-entropy to the mean absolute error: the further, the less wrong labels count.</summary>
/// <remarks>
/// <c>(p^(Tau - 1) - 1) / (1 - Tau)</c>, where p is the probability given to the true class; for soft targets its mean by them. Tau 1 is the limit <c>-ln p</c>, cross-entropy;
/// 2 is <c>1 - p</c>; in between lies generalised cross-entropy with <c>q = Tau - 1</c>; 0 is <c>1/p - 1</c>. Logits [rows, classes]; computed from ln p.
/// Below Tau 1 the value would overflow: where <c>(1 - Tau) * -ln p</c> exceeds 20 it goes on along its tangent in ln p, so value and gradient stay finite and no row is given up.
/// Source: Mao, Mohri and Zhong, Cross-Entropy Loss Functions: Theoretical Analysis and Applications, 2023, eq. 4, https://arxiv.org/abs/2304.07288
/// Above Tau 1 its probabilities are surer of themselves than the labels warrant. Not near 2 with many classes: rows that start out wrong have hardly any gradient.
/// Seen (<c>./bench losses</c>): on digits with 40 % wrong labels, over ten splits, accuracy is 14.8 points ahead of cross-entropy at the last epoch and 2.8 at the epoch that wrong validation labels choose (14.9 and 6.6 paired standard errors); with Tau 2 18.9 and 2.5. Not under imbalance: on mammography it never finds the rare class on most splits.
/// </remarks>
[Method("comp-sum", Title = "Cross-Entropy Loss Functions: Theoretical Analysis and Applications", Authors = "Mao, Mohri and Zhong", Year = 2023,
    Link = "https://arxiv.org/abs/2304.07288", Tasks = LearningTasks.Classification)]
public sealed record CompSumLoss : RowLoss
{
    /// <summary>Where in the family: robustness to wrong labels grows with it, and learning gets harder. In [0, 2]; default 1.7, generalised cross-entropy as its authors use it.</summary>
    [Range(0.0, 2.0, 1.7)]
    public double Tau { get; init; } = 1.7;

    /// <inheritdoc/>
    public override void Validate() => Check.InRange(Tau, 0, 2);

    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2);
        var surprise = -logits.log_softmax(1);
        return (targets.Distribution(logits) * Phi(surprise)).sum(1);
    }

    private Tensor Phi(Tensor surprise)
    {
        var power = 1 - Tau;
        if (Math.Abs(power) < 1e-6)
            return surprise;
        var exponent = power * surprise;
        return (exponent.clamp_max(Stable.LargestExponent).expm1() + Math.Exp(Stable.LargestExponent) * (exponent - Stable.LargestExponent).relu()) / power;
    }
}
