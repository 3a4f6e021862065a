namespace Retort;

/// <summary>Rows whose confidence lies in one range: what was promised and what was kept.</summary>
/// <param name="Low">The range's lower end, which belongs to it.</param>
/// <param name="High">The range's upper end, which belongs to the next one, but for 1.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Weight">Their share of all weight; in [0, 1].</param>
/// <param name="Confidence">The mean probability of their likeliest class; NaN without rows.</param>
/// <param name="Accuracy">The share of them whose likeliest class is the true one; NaN without rows.</param>
public readonly record struct ReliabilityBin(double Low, double High, int Rows, double Weight, double Confidence, double Accuracy);
