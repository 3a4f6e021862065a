namespace Retort;

/// <summary>What is measured of the dependence between predictions and protected columns on rows that are not trained on.</summary>
public enum TargetMeasure
{
    /// <summary>The largest less the smallest mean prediction of a cell, of several classes the largest such; in regression in deviations of the label.</summary>
    Gap,

    /// <summary>How unlike the predictions' distributions are over the cells of all protected columns: their Jensen-Shannon divergence in nats, over ten bins between quantiles of all predictions, less its mean over 20 random orders of the rows' cells (which rows in cells of this size have by chance); of several classes the largest. What <c>EvaluateFairness</c> calls above the floor.</summary>
    JensenShannon,

    /// <summary>The distance correlation with all protected columns together, by the statistic U (V where rows have weights), and 0 where that is negative.</summary>
    DistanceCorrelation,

    /// <summary>The penalty itself, as it is over all validation rows.</summary>
    Penalty,
}
