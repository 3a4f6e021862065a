namespace Retort;

/// <summary>A training run whose loss or weights are no longer finite.</summary>
public sealed class DivergenceException : InvalidOperationException
{
    internal DivergenceException(int epoch, int step, double learningRate, double loss, FittedNetwork lastGood, int lastGoodEpoch)
        : base($"The loss must stay finite, but is {Check.Text(loss)} in epoch {epoch}, step {step}, at learning rate {Check.Text(learningRate)}; a smaller LearningRate may help.") =>
        (Epoch, Step, LearningRate, LastGood, LastGoodEpoch) = (epoch, step, learningRate, lastGood, lastGoodEpoch);

    /// <summary>The epoch in which it happened, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step within the epoch, from 1.</summary>
    public int Step { get; }

    /// <summary>The learning rate of that step.</summary>
    public double LearningRate { get; }

    /// <summary>The epoch whose weights are kept; 0 where there are only the starting weights.</summary>
    public int LastGoodEpoch { get; }

    /// <summary>The network as it was after <see cref="LastGoodEpoch"/>.</summary>
    internal FittedNetwork LastGood { get; }
}
