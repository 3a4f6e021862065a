using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>One minus the soft overlap of each class, in which false positives and false negatives can count differently.</summary>
/// <remarks>
/// For a class: <c>1 - (TP + Smooth) / (TP + FalsePositives * FP + FalseNegatives * FN + Smooth)</c> with <c>TP = sum of w p y, FP = sum of w p (1 - y), FN = sum of w (1 - p) y</c> over the batch;
/// p is the probability of the class, y its target (class numbers or probabilities), w the rows' weights. In [0, 1]. Logits [rows, classes].
/// Of two classes the second one alone is measured; of more, the mean over the classes. With 1/2 and 1/2 it is <see cref="DiceLoss"/> without squares and with twice the smoothing, with 1 and 1 the Jaccard loss.
/// Source: Salehi, Erdogmus and Gholipour, Tversky Loss Function for Image Segmentation Using 3D Fully Convolutional Deep Networks, 2017, eq. 4, https://arxiv.org/abs/1706.05721
/// Not where probabilities matter, unless the network is calibrated afterwards.
/// Seen (<c>./bench losses</c>): no advantage on mammography and phoneme, over five splits, F1 is 0.3 points ahead of cross-entropy and 3.6 behind (0.1 and 7.9 paired standard errors), AUC 2.1 and 8.1 behind.
/// </remarks>
[Method("tversky", Title = "Tversky Loss Function for Image Segmentation Using 3D Fully Convolutional Deep Networks", Authors = "Salehi, Erdogmus and Gholipour", Year = 2017,
    Link = "https://arxiv.org/abs/1706.05721", Tasks = LearningTasks.Classification)]
public sealed record TverskyLoss : Loss
{
    /// <summary>What a false positive costs. More than 0; default 0.3, the source's best.</summary>
    [Range(0.1, 1.0, 0.3)]
    public double FalsePositives { get; init; } = 0.3;

    /// <summary>What a false negative costs: above <see cref="FalsePositives"/> for recall rather than precision. More than 0; default 0.7, the source's best.</summary>
    [Range(0.1, 1.0, 0.7)]
    public double FalseNegatives { get; init; } = 0.7;

    /// <summary>Keeps the fraction defined where a class is absent, in units of row weight. More than 0; default 1e-4.</summary>
    [Range(1e-6, 1.0, 1e-4, true)]
    public double Smooth { get; init; } = 1e-4;

    internal override RowOrder Order => RowOrder.EveryClass;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.MoreThan(FalsePositives, 0);
        Check.MoreThan(FalseNegatives, 0);
        Check.MoreThan(Smooth, 0);
    }

    /// <inheritdoc/>
    public override Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step)
    {
        var (logP, y) = OneVersusRest.Of(logits, targets);
        var (p, miss, w) = (logP.exp(), -logP.expm1(), WeightedMean.Each(logits, weights).unsqueeze(1));
        var hits = (w * p * y).sum(dim: 0);
        var size = hits + FalsePositives * (w * p * (1 - y)).sum(dim: 0) + FalseNegatives * (w * miss * y).sum(dim: 0);
        return (1 - (hits + Smooth) / (size + Smooth)).mean();
    }
}
