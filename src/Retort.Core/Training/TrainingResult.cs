namespace Retort;

/// <summary>What a run leaves.</summary>
/// <param name="Network">The network with the weights of the best epoch.</param>
/// <param name="Epochs">A report an epoch.</param>
/// <param name="BestEpoch">The epoch whose weights were kept, from 1.</param>
/// <param name="Stopped">Whether it was ended from outside.</param>
internal sealed record TrainingResult(FittedNetwork Network, IReadOnlyList<EpochReport> Epochs, int BestEpoch, bool Stopped)
{
    /// <summary>What came of the penalty's target; null where it has none.</summary>
    public PenaltyOutcome? Target { get; init; }

    /// <summary>How much each teacher counted, where that was learned; else empty.</summary>
    public IReadOnlyList<double> TeacherWeights { get; init; } = [];
}
