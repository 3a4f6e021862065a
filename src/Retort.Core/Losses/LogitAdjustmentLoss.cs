using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Cross-entropy that accounts for how frequent classes are, so that the logits themselves treat rare and frequent classes alike.</summary>
/// <remarks>
/// <c>cross-entropy of logits + Tau * ln prior</c>, the prior being each class's share of the training weight (outside a run: of the batch's), at least 1e-12. In nats.
/// Logits [rows, classes]; targets may be class numbers or probabilities. With Tau 1 the softmax of the logits alone, which is what the network serves, estimates probabilities
/// as they would be if all classes were equally frequent: its likeliest class is the best one by balanced accuracy.
/// Source: Menon, Jayasumana, Rawat, Jain, Veit and Kumar, Long-Tail Learning via Logit Adjustment, 2021, eq. 10, https://arxiv.org/abs/2007.07314
/// Not where accuracy or log-loss on data like the training data counts: it gives both away for the rare classes.
/// Seen (<c>./bench losses</c>): on mammography and phoneme, over five splits, AUC is that of cross-entropy (-0.6 and 0.1 points); on mammography recall is bought with F1 at threshold 1/2, 30 points lower, at tuned thresholds the same.
/// </remarks>
[Method("logit-adjustment", Title = "Long-Tail Learning via Logit Adjustment", Authors = "Menon, Jayasumana, Rawat, Jain, Veit and Kumar", Year = 2021,
    Link = "https://arxiv.org/abs/2007.07314", Tasks = LearningTasks.Classification)]
public sealed record LogitAdjustmentLoss : RowLoss
{
    private const string Prior = "prior";

    /// <summary>How far frequencies are accounted for: 0 gives plain cross-entropy. At least 0; default 1, the source's.</summary>
    [Range(0.0, 2.0, 1.0)]
    public double Tau { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate() => Check.AtLeast(Tau, 0);

    internal override void Begin(PartState state, Targets targets, Tensor? weights, Tensor? groups, int members) =>
        state[Prior] = ClassShares.Of(targets.ClassNumbers(), weights);

    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets) => PerRow(logits, targets, null, StepContext.First());

    internal override Tensor PerRow(Tensor logits, Targets targets, Tensor? weights, StepContext step)
    {
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2);
        var prior = step.State[Prior] is { } known ? ClassShares.Padded(known, logits) : ClassShares.Of(logits, targets, weights);
        var logP = (logits + Tau * prior.clamp_min(1e-12).log()).log_softmax(1);
        return -(targets.Distribution(logits) * logP).sum(1);
    }
}
