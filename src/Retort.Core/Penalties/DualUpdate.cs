using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The weight of a penalty changes after every epoch, by how far the validation rows are from the target.</summary>
/// <remarks>
/// <c>w &lt;- w exp(StepSize clip((measured - Value) / Value, -1, 1))</c>, kept in [<see cref="SmallestWeight"/>, <see cref="LargestWeight"/>]: the weight is the multiplier of the constraint, and moves on rows that the network is not trained on.
/// Source: Cotter, Gupta, Jiang, Srebro, Sridharan, Wang, Woodworth and You, Training Well-Generalizing Classifiers for Fairness Metrics and Other Data-Dependent Constraints, 2019, https://arxiv.org/abs/1807.00028: two players, two data sets. That the step is
/// one of the logarithm and relative, once an epoch, and bounded, is ours: it makes the step size independent of the units of loss and measure.
/// Not for very short runs: from a weight of 1 to one of 100 it takes 1 / <see cref="StepSize"/> times 4.6 epochs, at least.
/// </remarks>
[Method("dual-update", Title = "Training Well-Generalizing Classifiers for Fairness Metrics and Other Data-Dependent Constraints", Authors = "Cotter, Gupta, Jiang, Srebro, Sridharan, Wang, Woodworth and You", Year = 2019,
    Link = "https://arxiv.org/abs/1807.00028", Needs = Needs.Groups)]
public sealed record DualUpdate : PenaltyTarget
{
    /// <summary>By how much the logarithm of the weight changes in an epoch at most. More than 0; default 0.3.</summary>
    [Range(0.05, 1.0, 0.3, true)]
    public double StepSize { get; init; } = 0.3;

    /// <summary>The weight does not fall below this. More than 0; default 0.001.</summary>
    public double SmallestWeight { get; init; } = 0.001;

    /// <summary>The weight does not rise above this. More than 0; default 1,000.</summary>
    public double LargestWeight { get; init; } = 1000;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.MoreThan(StepSize, 0);
        Check.MoreThan(SmallestWeight, 0);
        Check.MoreThan(LargestWeight, 0);
        Check.AtLeast(LargestWeight, SmallestWeight);
    }

    /// <summary>The weight after an epoch.</summary>
    /// <param name="weight">The weight before.</param>
    /// <param name="measured">What was measured.</param>
    internal double Next(double weight, double measured) =>
        Math.Clamp(weight * Math.Exp(StepSize * Math.Clamp((measured - Value) / Value, -1, 1)), SmallestWeight, LargestWeight);
}
