namespace Retort;

/// <summary>A measure of two-class decisions at probability 1/2.</summary>
public enum AnyLossMetric
{
    /// <summary><c>2 TP / (2 TP + FP + FN)</c>.</summary>
    F1,

    /// <summary>F-beta with beta 2, in which recall counts four times.</summary>
    F2,

    /// <summary>F-beta with beta 1/2, in which precision counts four times.</summary>
    FHalf,

    /// <summary>The geometric mean of the shares of each class that are found.</summary>
    GMean,

    /// <summary>The mean of the shares of each class that are found.</summary>
    BalancedAccuracy,

    /// <summary>The share of rows that are right.</summary>
    Accuracy,
}
