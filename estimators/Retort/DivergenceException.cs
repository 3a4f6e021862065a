namespace Retort;

/// <summary>A training run whose loss or weights are no longer finite. What it had learned until then is kept.</summary>
public sealed class DivergenceException : InvalidOperationException
{
    internal DivergenceException(DivergedRunException run, NetworkTransformer? lastGood)
        : base(run.Message, run) =>
        (Epoch, Step, LearningRate, LastGood, LastGoodEpoch) = (run.Epoch, run.Step, run.LearningRate, lastGood, run.LastGoodEpoch);

    /// <summary>The epoch in which it happened, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step within the epoch, from 1.</summary>
    public int Step { get; }

    /// <summary>The learning rate of that step.</summary>
    public double LearningRate { get; }

    /// <summary>The network as it was after <see cref="LastGoodEpoch"/>, ready to be used or saved; null where no epoch ended well.</summary>
    public NetworkTransformer? LastGood { get; }

    /// <summary>The best epoch before it happened; 0 where there is none.</summary>
    public int LastGoodEpoch { get; }
}
