namespace Retort;

/// <summary>The distance covariance of scores and a protected column, exact: it sees any kind of dependence, of numbers without cutting them into groups, and 0 means none.</summary>
/// <remarks>
/// Numbers are as far apart as their difference says, scores likewise; two categories, or two groups of several columns together, are 1 apart. Covariances are the squared ones; the correlation is their root, divided by that of both sides'
/// variances. Small groups are not pooled here, and rows without a number are left out. Source: Székely, Rizzo and Bakirov, Measuring and Testing Dependence by Correlation of Distances, 2007; without bias: Székely and Rizzo, Partial Distance
/// Correlation with Methods for Dissimilarities, 2014.
/// </remarks>
/// <param name="Class">The class whose scores these are: of several classes the one with the largest correlation; null where there is one score a row.</param>
/// <param name="Covariance">The squared distance covariance with empirical means (V-statistic), weighted: never negative.</param>
/// <param name="UnbiasedCovariance">The same without bias (U-statistic): 0 on average where there is no dependence. NaN for fewer than four rows, and where rows do not count alike.</param>
/// <param name="Correlation">The distance correlation with empirical means, in [0, 1]; 0 where a side is constant.</param>
/// <param name="Floor">The correlation's mean over permutations, of several classes that of the largest; NaN without permutations.</param>
/// <param name="PValue">(1 + how many permutations have at least this correlation) / (1 + how many there were); NaN without permutations.</param>
/// <param name="Rows">How many rows were compared.</param>
/// <param name="TestedRows">How many of them, drawn by the seed, the permutations used: all, or as many as take seconds. The p-value and the floor are of these.</param>
public sealed record GroupDependence(string? Class, double Covariance, double UnbiasedCovariance, double Correlation, double Floor, double PValue, int Rows, int TestedRows);
