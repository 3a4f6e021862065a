namespace Retort;

/// <summary>What <see cref="GroupThresholds"/> chose.</summary>
/// <param name="Thresholds">Of each group; infinite where it has no positive row, minus infinite where it has no other.</param>
/// <param name="Pooled">For rows of no group.</param>
/// <param name="Gap">The largest difference of a share between two groups.</param>
/// <param name="Accuracy">The share of right decisions among rows of groups.</param>
/// <param name="Allowed">How large the gap was allowed to be.</param>
/// <param name="Kept">How much is left of the right decisions that thresholds without a constraint win over one decision for all rows; 1 where they win none.</param>
/// <param name="Needed">Where that is little: a slack with which it is more, if there is one below 1.</param>
internal sealed record ChosenThresholds(double[] Thresholds, double Pooled, double Gap, double Accuracy, double Allowed, double Kept, double? Needed)
{
    /// <summary>Less than this share is little.</summary>
    public const double Little = 0.1;
}
