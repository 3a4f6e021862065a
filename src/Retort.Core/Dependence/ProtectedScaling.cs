namespace Retort;

/// <summary>What the distances between the values of a protected column are divided by, over all rows at hand. Two numbers are as far apart as their difference says; two categories 1, or 0 where they are the same.</summary>
public enum ProtectedScaling
{
    /// <summary>The root of half the mean squared distance: the standard deviation where the column holds numbers, or two categories.</summary>
    Deviation,

    /// <summary>The mean distance.</summary>
    MeanDistance,

    /// <summary>The largest distance.</summary>
    Range,

    /// <summary>Nothing.</summary>
    None,
}
