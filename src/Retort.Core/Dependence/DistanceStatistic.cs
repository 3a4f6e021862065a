namespace Retort;

/// <summary>How a distance covariance is estimated.</summary>
public enum DistanceStatistic
{
    /// <summary>The definition with empirical means: never negative, and above 0 where independent rows are few.</summary>
    V,

    /// <summary>Without bias: 0 on average where rows are independent, so it may be negative. Rows must count alike; fewer than four give 0.</summary>
    U,
}
