namespace Retort;

/// <summary>The mean of the weights of several trials that began from the same weights.</summary>
/// <param name="Trials">The numbers of those that are in it.</param>
/// <param name="Objectives">What was measured of it, as of trials.</param>
public sealed record SweepSoup(ValueList<int> Trials, ValueList<double> Objectives);
