namespace Retort;

/// <summary>How far one network of a path is.</summary>
/// <param name="Weight">The weight of its penalty.</param>
/// <param name="Weights">How many networks there are.</param>
/// <param name="Epoch">Its last epoch.</param>
public sealed record PathReport(double Weight, int Weights, EpochReport Epoch);
