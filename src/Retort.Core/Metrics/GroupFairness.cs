namespace Retort;

/// <summary>What a model does to the rows of one group, each number with an interval. What the task does not have is NaN.</summary>
public sealed record GroupFairness
{
    internal GroupFairness(string name, ValueList<string> values, int count, double share, bool isSmall) => (Name, Values, Count, Share, IsSmall) = (name, values, count, share, isSmall);

    /// <summary>The group's values, joined.</summary>
    public string Name { get; }

    /// <summary>The group's value in each column; <c>(missing)</c> where there is none.</summary>
    public ValueList<string> Values { get; }

    /// <summary>How many rows the group has.</summary>
    public int Count { get; }

    /// <summary>Their share of the weight of all rows.</summary>
    public double Share { get; }

    /// <summary>Whether the group has fewer rows than can be judged: it is left out of gaps, and pooled with others of its kind in the divergence.</summary>
    public bool IsSmall { get; }

    /// <summary>The share of rows with the right decision.</summary>
    public Estimate Accuracy { get; internal init; } = None;

    /// <summary>The share of rows with a wrong decision.</summary>
    public Estimate ErrorRate { get; internal init; } = None;

    /// <summary>The mean of -ln p of the true class, in nats; a p below 1e-15 counts as 1e-15. NaN where scores are no probabilities.</summary>
    public Estimate LogLoss { get; internal init; } = None;

    /// <summary>Each class against the rest: of two classes the second alone, of several all. None for regression.</summary>
    public ValueList<ClassFairness> Classes { get; internal init; } = [];

    /// <summary>The mean predicted value (regression).</summary>
    public Estimate MeanPrediction { get; internal init; } = None;

    /// <summary>The mean true value (regression).</summary>
    public Estimate MeanLabel { get; internal init; } = None;

    /// <summary>RMSE (regression).</summary>
    public Estimate RootMeanSquaredError { get; internal init; } = None;

    /// <summary>MAE (regression).</summary>
    public Estimate MeanAbsoluteError { get; internal init; } = None;

    /// <summary>The mean of prediction less truth (regression).</summary>
    public Estimate Bias { get; internal init; } = None;

    /// <summary>The share of rows that are positive; NaN unless there are two classes.</summary>
    public Estimate BaseRate => Positive?.BaseRate ?? None;

    /// <summary>The share of rows that were decided positive; NaN unless there are two classes.</summary>
    public Estimate SelectionRate => Positive?.SelectionRate ?? None;

    /// <summary>The share of positive rows that were decided positive; NaN unless there are two classes.</summary>
    public Estimate TruePositiveRate => Positive?.TruePositiveRate ?? None;

    /// <summary>The share of negative rows that were decided positive; NaN unless there are two classes.</summary>
    public Estimate FalsePositiveRate => Positive?.FalsePositiveRate ?? None;

    /// <summary>The share of rows decided positive that are; NaN unless there are two classes.</summary>
    public Estimate Precision => Positive?.Precision ?? None;

    /// <summary>The mean score: a probability, where the model gives one; NaN unless there are two classes.</summary>
    public Estimate MeanScore => Positive?.MeanScore ?? None;

    internal static Estimate None { get; } = new(double.NaN, double.NaN, double.NaN);

    private ClassFairness? Positive => Classes.Count == 1 ? Classes[0] : null;
}
