namespace Retort;

/// <summary>What thresholds by group make alike between groups.</summary>
public enum GroupConstraint
{
    /// <summary>The share of positive decisions among all rows.</summary>
    DemographicParity,

    /// <summary>The share of positive decisions among the rows that are positive.</summary>
    EqualOpportunity,

    /// <summary>The share of positive decisions among the rows that are positive, and that among those that are not.</summary>
    EqualizedOdds,
}
