namespace Retort;

/// <summary>How a run stands after an epoch.</summary>
/// <param name="Epoch">The pass over the rows that has ended, from 1.</param>
/// <param name="Epochs">How many there will be at most.</param>
/// <param name="TrainLoss">The mean of what was minimised over the epoch: nats, or shares of the label's variance in regression, the teacher's part included.</param>
/// <param name="ValidationLoss">The loss on the labels of the held-out rows, with a penalty of given weight that as well; null where no rows are held out.</param>
/// <param name="LearningRate">The learning rate of the epoch's last step.</param>
/// <param name="Elapsed">The time since the run began.</param>
/// <param name="GradientNorm">The Euclidean norm of the gradient over all weights, before any clipping; the mean of the epoch's steps.</param>
/// <param name="GradientSum">The sum of the absolute values of the gradient, likewise. <see cref="RefinedDecay"/> takes it where the optimizer evens out gradients, as AdamW does.</param>
public sealed record EpochReport(int Epoch, int Epochs, double TrainLoss, double? ValidationLoss, double LearningRate, TimeSpan Elapsed, double GradientNorm, double GradientSum)
{
    /// <summary>How many rows the epoch's steps were given, those that came again counted again: what it cost.</summary>
    public long Rows { get; init; }

    /// <summary>What was measured of the dependence on protected columns on the held-out rows, where the penalty has a <see cref="Penalty.Target"/>.</summary>
    public double? Dependence { get; init; }

    /// <summary>The weight of the penalty in this epoch, where it has a <see cref="Penalty.Target"/>.</summary>
    public double? PenaltyWeight { get; init; }
}
