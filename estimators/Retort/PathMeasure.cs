namespace Retort;

/// <summary>By what a path of penalty weights judges how far predictions depend on the protected columns. Of several columns, on their intersections.</summary>
public enum PathMeasure
{
    /// <summary>The Jensen-Shannon divergence of the groups' score distributions, less what it is on average without any dependence (<see cref="GroupDivergence.AboveFloor"/>).</summary>
    Divergence,

    /// <summary>The largest difference of mean scores.</summary>
    MeanScoreGap,

    /// <summary>The largest difference of shares of positive decisions. Not for regression.</summary>
    DemographicParityGap,

    /// <summary>The largest difference of true positive rates. Not for regression.</summary>
    EqualOpportunityGap,

    /// <summary>The larger of the largest differences of true and of false positive rates. Not for regression.</summary>
    EqualizedOddsGap,
}
