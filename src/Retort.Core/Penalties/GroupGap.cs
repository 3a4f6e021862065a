namespace Retort;

/// <summary>How unlike the mean costs of groups are.</summary>
/// <remarks>
/// The weighted mean over a group's rows of <c>-ln p</c> of their class, or of the squared error in regression, compared over groups as <see cref="CellGap.Measure"/> says. Probabilities are taken of at least 1e-7.
/// Source: Junias, Kini and Chaspari, Assessing Algorithmic Bias in Language-Based Depression Detection, 2025, https://arxiv.org/abs/2509.25795, a loss "regularized" over groups; its formula is not given where we could read it, and this one is ours.
/// A gap closes as well where the group that was served best is served worse: <see cref="WorstGroup"/> does not reward that.
/// </remarks>
[Method("group-gap", Title = "Assessing Algorithmic Bias in Language-Based Depression Detection: A Comparison of DNN and LLM Approaches", Authors = "Junias, Kini and Chaspari", Year = 2025,
    Link = "https://arxiv.org/abs/2509.25795", Needs = Needs.Groups)]
public sealed record GroupGap : CellGap
{
    /// <inheritdoc/>
    public override Tensor Value(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights, StepContext step)
    {
        CheckRows(predictions, protectedColumns, targets);
        return Gap(CellMeans.Costs(predictions, targets).unsqueeze(1), protectedColumns, WeightedMean.Each(predictions, weights));
    }
}
