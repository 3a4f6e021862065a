namespace Retort;

/// <summary>The rates of one class in one group, one against the rest, each with an interval. A rate of no rows is NaN.</summary>
/// <param name="Class">The class; of two classes the second.</param>
/// <param name="BaseRate">The share of rows whose label is the class.</param>
/// <param name="SelectionRate">The share of rows that were decided for the class.</param>
/// <param name="TruePositiveRate">The share of rows of the class that were decided for it.</param>
/// <param name="FalsePositiveRate">The share of rows of other classes that were decided for it.</param>
/// <param name="Precision">The share of rows decided for the class whose label it is.</param>
/// <param name="MeanScore">The mean of the class's score: a probability, where the model gives one.</param>
public sealed record ClassFairness(string Class, Estimate BaseRate, Estimate SelectionRate, Estimate TruePositiveRate, Estimate FalsePositiveRate, Estimate Precision, Estimate MeanScore);
