using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The mean cost of the rows of that group which costs most.</summary>
/// <remarks>
/// <c>s ln(mean over groups of exp(L_g / s))</c> with L_g the weighted mean over a group's rows of <c>-ln p</c> of their class, or of the squared error in regression, and s = <see cref="Smoothing"/>: from the mean of all groups (large s) to the largest
/// (s = 0). Groups are the intersections of all protected columns, numbers by their group; those without a row in the batch are left out. Probabilities are taken of at least 1e-7. In nats, or the square of the label's unit.
/// Source: Junias, Kini and Chaspari, Assessing Algorithmic Bias in Language-Based Depression Detection, 2025, https://arxiv.org/abs/2509.25795, where the largest stands alone, in place of the loss: a large <see cref="Penalty.Weight"/> comes near that.
/// The smoothing is ours. It does not lower the dependence of predictions on the columns: a group is served better, whatever that takes.
/// Seen (<c>./bench fairness</c>, five folds): on compas and communities-crime it costs more than 2 % of log-loss or RMSE at every weight tried, and takes next to nothing of the divergence between intersections.
/// </remarks>
[Method("worst-group", Title = "Assessing Algorithmic Bias in Language-Based Depression Detection: A Comparison of DNN and LLM Approaches", Authors = "Junias, Kini and Chaspari", Year = 2025,
    Link = "https://arxiv.org/abs/2509.25795", Needs = Needs.Groups)]
public sealed record WorstGroup : Penalty
{
    /// <summary>How far below the largest cost a group still counts. At least 0, 0 for the largest alone; default 0.1, ours.</summary>
    [Range(0.0, 1.0, 0.1)]
    public double Smoothing { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.AtLeast(Smoothing, 0);
    }

    /// <inheritdoc/>
    public override Tensor Value(Tensor predictions, ProtectedColumns protectedColumns, Targets targets, Tensor? weights, StepContext step)
    {
        CheckRows(predictions, protectedColumns, targets);
        var means = CellMeans.Of(CellMeans.Costs(predictions, targets).unsqueeze(1), protectedColumns, weights);
        return means.shape[0] == 0 ? (predictions * 0).sum() : CellMeans.Largest(means, Smoothing).sum();
    }
}
