using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>One minus a metric of two-class decisions, whose step at probability 1/2 is softened so that it can be learned.</summary>
/// <remarks>
/// A row counts as <c>d = 1 / (1 + exp(-L (p - 1/2)))</c> of a positive decision, where p is the probability of class 1; the counts of right and wrong decisions are sums over the batch of d and 1 - d, with the rows'
/// weights, and the loss is <c>1 - metric</c> of them. In [0, 1]. Logits [rows, 2]; targets may be class numbers or probabilities. A class that a batch lacks counts as wholly found.
/// L rises in a straight line over the run from <see cref="StartSharpness"/> to <see cref="Sharpness"/>; epochs are judged with the latter.
/// Source: Han, Moniz and Chawla, AnyLoss: Transforming Classification Metrics into Loss Functions, 2024, eq. 3, https://arxiv.org/abs/2405.14745, which keeps 73 throughout: there p far from 1/2 have no gradient, and under imbalance all of them are.
/// Not where probabilities matter, unless the network is calibrated afterwards; not with small batches.
/// Seen (<c>./bench losses</c>): no advantage: over ten splits F1 at threshold 1/2 is on a par with cross-entropy on mammography (-0.3 points, 0.3 paired standard errors) and 3.8 points behind on phoneme (7.3), AUC 1.8 and 7.3 points behind.
/// </remarks>
[Method("anyloss", Title = "AnyLoss: Transforming Classification Metrics into Loss Functions", Authors = "Han, Moniz and Chawla", Year = 2024,
    Link = "https://arxiv.org/abs/2405.14745", Tasks = LearningTasks.Binary)]
public sealed record AnyLoss : Loss
{
    /// <summary>What is to be large. Default <see cref="AnyLossMetric.F1"/>.</summary>
    public AnyLossMetric Metric { get; init; }

    /// <summary>How sharp a decision is at the end of a run. In (0, 150]; default 73, the source's.</summary>
    [Range(10.0, 100.0, 73.0)]
    public double Sharpness { get; init; } = 73;

    /// <summary>How sharp a decision is at the start. In (0, 150]; default 4, ours.</summary>
    [Range(1.0, 20.0, 4.0)]
    public double StartSharpness { get; init; } = 4;

    internal override RowOrder Order => RowOrder.EveryClass;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Defined(Metric);
        Check.MoreThan(Sharpness, 0);
        Check.InRange(Sharpness, 0, 150);
        Check.MoreThan(StartSharpness, 0);
        Check.InRange(StartSharpness, 0, 150);
    }

    /// <inheritdoc/>
    public override Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step) =>
        Value(logits, targets, weights, StartSharpness + (Sharpness - StartSharpness) * step.Progress);

    internal override Tensor Judge(StudentOutput student, Targets targets, Tensor? weights, StepContext step) => Value(student.Logits, targets, weights, Sharpness);

    private Tensor Value(Tensor logits, Targets targets, Tensor? weights, double sharpness)
    {
        Check.Shape(logits, "[rows, 2]", logits.dim() == 2 && logits.shape[1] == 2);
        var y = targets.Distribution(logits).select(1, 1);
        var w = WeightedMean.Each(logits, weights);
        var margin = sharpness * (logits.softmax(1).select(1, 1) - 0.5);
        var (yes, no) = (margin.sigmoid(), (-margin).sigmoid()); // 1 - yes would round to 0
        var (positives, negatives) = ((w * y).sum(), (w * (1 - y)).sum());
        var (hits, rejections) = ((w * y * yes).sum(), (w * (1 - y) * no).sum());

        var metric = Metric switch
        {
            AnyLossMetric.F1 => F(1),
            AnyLossMetric.F2 => F(2),
            AnyLossMetric.FHalf => F(0.5),
            AnyLossMetric.GMean => Rate(hits, positives).sqrt() * Rate(rejections, negatives).sqrt(),
            AnyLossMetric.BalancedAccuracy => (Rate(hits, positives) + Rate(rejections, negatives)) / 2,
            _ => Rate(hits + rejections, positives + negatives),
        };
        return (1 - metric) * (positives + negatives > 0).to_type(w.dtype); // rows without any weight cost nothing

        Tensor F(double beta) => (1 + beta * beta) * hits / (beta * beta * positives + (w * yes).sum()).clamp_min(1e-30);
    }

    private static Tensor Rate(Tensor part, Tensor whole) => where(whole > 0, part / whole.clamp_min(1e-30), ones_like(whole));
}
