namespace Retort;

/// <summary>A training run whose loss or weights are no longer finite.</summary>
/// <param name="epoch">The epoch in which it happened, from 1.</param>
/// <param name="step">The step within the epoch, from 1.</param>
/// <param name="learningRate">The learning rate of that step.</param>
/// <param name="loss">What the loss became.</param>
/// <param name="lastGood">The network as it was after its best epoch.</param>
/// <param name="lastGoodEpoch">That epoch; 0 where there are only the starting weights.</param>
internal sealed class DivergedRunException(int epoch, int step, double learningRate, double loss, FittedNetwork lastGood, int lastGoodEpoch)
    : InvalidOperationException($"The loss must stay finite, but is {Check.Text(loss)} in epoch {epoch}, step {step}, at learning rate {Check.Text(learningRate)}; a smaller LearningRate may help.")
{
    public int Epoch { get; } = epoch;

    public int Step { get; } = step;

    public double LearningRate { get; } = learningRate;

    public int LastGoodEpoch { get; } = lastGoodEpoch;

    public FittedNetwork LastGood { get; } = lastGood;
}
