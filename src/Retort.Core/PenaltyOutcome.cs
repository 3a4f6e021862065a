namespace Retort;

/// <summary>What came of a <see cref="PenaltyTarget"/>.</summary>
/// <param name="Met">Whether the network that is kept meets it on the validation rows.</param>
/// <param name="Measured">What was measured there, as <see cref="PenaltyTarget.Measure"/> says.</param>
/// <param name="Weight">The weight of the penalty in the epoch that the network is of.</param>
/// <param name="Epoch">That epoch, from 1.</param>
public sealed record PenaltyOutcome(bool Met, double Measured, double Weight, int Epoch);
