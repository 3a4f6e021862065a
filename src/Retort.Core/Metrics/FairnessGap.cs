namespace Retort;

/// <summary>How far one number lies apart between groups: the largest against the smallest, small groups and those without such a number left out.</summary>
/// <param name="Name">What is compared, such as <c>demographic-parity</c>.</param>
/// <param name="Class">The class whose rates these are: of several classes the one with the largest difference; null where no class has it alone.</param>
/// <param name="Difference">The largest less the smallest; NaN where fewer than two groups have the number.</param>
/// <param name="Ratio">The smallest divided by the largest, 1 where all are 0; NaN for numbers that may be negative. Over several classes the worst of each class's, which need not be that of <paramref name="Class"/>.</param>
/// <param name="Highest">The group with the largest number.</param>
/// <param name="HighestValue">That number.</param>
/// <param name="Lowest">The group with the smallest number.</param>
/// <param name="LowestValue">That number.</param>
/// <param name="LeftOut">How many groups were left out.</param>
/// <param name="Floor">What the difference is on average where rows, with label, decision and score, are dealt to groups of the same sizes by chance: largest among many groups, and among small ones. NaN without permutations.</param>
public sealed record FairnessGap(string Name, string? Class, Estimate Difference, Estimate Ratio, string? Highest, Estimate HighestValue, string? Lowest, Estimate LowestValue, int LeftOut, double Floor);
