namespace Retort;

/// <summary>How a model treats the groups of one protected column, or those that several make together.</summary>
/// <remarks>
/// Of several classes each gap is the worst over the classes, one against the rest; <see cref="ClassGaps"/> has each. Gaps between many groups, or groups of few rows, are above 0 by
/// chance alone: compare <see cref="FairnessGap.Floor"/>.
/// Definitions: Hardt, Price and Srebro, Equality of Opportunity in Supervised Learning, 2016, https://arxiv.org/abs/1610.02413; Chouldechova, Fair Prediction with Disparate Impact, 2017, https://arxiv.org/abs/1703.00056 (predictive parity).
/// </remarks>
public sealed record ColumnFairness
{
    internal ColumnFairness(string name, ValueList<string> columns, ValueList<GroupFairness> groups, ValueList<FairnessGap> gaps, ValueList<FairnessGap> classGaps, GroupDivergence divergence, GroupDependence dependence) =>
        (Name, Columns, Groups, Gaps, ClassGaps, Divergence, Dependence) = (name, columns, groups, gaps, classGaps, divergence, dependence);

    /// <summary>The column, or the columns joined by <c>×</c>.</summary>
    public string Name { get; }

    /// <summary>The columns.</summary>
    public ValueList<string> Columns { get; }

    /// <summary>Every group that has rows, small ones included.</summary>
    public ValueList<GroupFairness> Groups { get; }

    /// <summary>How many groups have too few rows to be judged.</summary>
    public int SmallGroups => Groups.Count(group => group.IsSmall);

    /// <summary>Every gap that the task has.</summary>
    public ValueList<FairnessGap> Gaps { get; }

    /// <summary>Of several classes the gaps of each class; else empty.</summary>
    public ValueList<FairnessGap> ClassGaps { get; }

    /// <summary>How different the groups' score distributions are.</summary>
    public GroupDivergence Divergence { get; }

    /// <summary>The distance covariance of scores and column.</summary>
    public GroupDependence Dependence { get; }

    /// <summary>Of selection rates. NaN for regression, as are the other gaps of classes.</summary>
    public FairnessGap DemographicParityGap => Gap("demographic-parity");

    /// <summary>Of true positive rates.</summary>
    public FairnessGap EqualOpportunityGap => Gap("equal-opportunity");

    /// <summary>Of false positive rates.</summary>
    public FairnessGap FalsePositiveRateGap => Gap("false-positive-rate");

    /// <summary>The worse of the gaps of true and of false positive rates; groups and their values are those of the rate with the larger difference.</summary>
    public FairnessGap EqualizedOddsGap => Gap("equalized-odds");

    /// <summary>Of precisions: predictive parity.</summary>
    public FairnessGap PredictiveParityGap => Gap("predictive-parity");

    /// <summary>Of error rates; <see cref="FairnessGap.Highest"/> is the worst group.</summary>
    public FairnessGap ErrorRateGap => Gap("error-rate");

    /// <summary>Of log-losses; <see cref="FairnessGap.Highest"/> is the worst group.</summary>
    public FairnessGap LogLossGap => Gap("log-loss");

    /// <summary>Of mean scores: mean probabilities of a class, or mean predictions.</summary>
    public FairnessGap MeanScoreGap => Gap("mean-score");

    /// <summary>Of root mean squared errors; <see cref="FairnessGap.Highest"/> is the worst group. NaN for classes, as are the other gaps of regression.</summary>
    public FairnessGap RootMeanSquaredErrorGap => Gap("rmse");

    /// <summary>Of mean absolute errors.</summary>
    public FairnessGap MeanAbsoluteErrorGap => Gap("mae");

    /// <summary>Of biases: mean of prediction less truth.</summary>
    public FairnessGap BiasGap => Gap("bias");

    private FairnessGap Gap(string name) => Gaps.FirstOrDefault(gap => gap.Name == name)
        ?? new(name, null, GroupFairness.None, GroupFairness.None, null, GroupFairness.None, null, GroupFairness.None, Groups.Count, double.NaN);
}
