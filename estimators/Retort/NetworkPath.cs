using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Retort;

/// <summary>Networks that differ in the weight of their penalty alone, with what each costs and what it brings.</summary>
/// <remarks>
/// Both axes are measured on the rows that chose each network's best epoch, so they look a little better than they are: measure the network that is chosen once more on rows of which nothing has seen any, with
/// <see cref="FairnessCatalog.EvaluateFairness"/>. That a point is on the front of Pareto does not say that its difference to the next is more than chance: see the intervals.
/// </remarks>
/// <typeparam name="TTransformer">The networks.</typeparam>
public sealed class NetworkPath<TTransformer>
    where TTransformer : NetworkTransformer
{
    internal NetworkPath(IReadOnlyList<PathPoint<TTransformer>> points, PathMeasure measure)
    {
        Measure = measure;
        Points = [.. points.Select(point => point with { IsPareto = !points.Any(point.IsBeatenBy) })];
    }

    /// <summary>One network for each weight, by rising weight.</summary>
    public IReadOnlyList<PathPoint<TTransformer>> Points { get; }

    /// <summary>What <see cref="PathPoint{TTransformer}.Measured"/> is.</summary>
    public PathMeasure Measure { get; }

    /// <summary>The name of the task's metric: <c>logLoss</c> or <c>rmse</c>; lower is better.</summary>
    public string MetricName => Points[0].Fairness.Task == LearningTask.Regression ? "rmse" : "logLoss";

    /// <summary>The network without penalty.</summary>
    public PathPoint<TTransformer> Reference => Points[0];

    /// <summary>The points that no other point beats: none is at least as good in both the metric and the measure, and better in one.</summary>
    public IEnumerable<PathPoint<TTransformer>> Pareto => Points.Where(point => point.IsPareto);

    /// <summary>The network for a weight.</summary>
    /// <param name="weight">One of the weights that were asked for, or 0.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public PathPoint<TTransformer> At(double weight) => Points.FirstOrDefault(point => point.Weight == weight)
        ?? throw Check.Wrong("The weight", $"be one of {string.Join(", ", Points.Select(point => Check.Text(point.Weight)))}", Check.Text(weight));

    /// <summary>All numbers as JSON, without the networks; numbers that cannot be had are null.</summary>
    public string ToJson() => new JsonObject
    {
        ["metric"] = MetricName,
        ["measure"] = Measure.ToString(),
        ["rows"] = Points[0].Fairness.Rows,
        ["points"] = new JsonArray([.. Points.Select(point => (JsonNode)new JsonObject
        {
            ["weight"] = point.Weight,
            [MetricName] = Json(point.Metric),
            ["measured"] = Json(point.Measured),
            ["pareto"] = point.IsPareto,
            ["diverged"] = point.Diverged,
            ["fairness"] = JsonNode.Parse(point.Fairness.ToJson()),
        })]),
    }.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true });

    /// <summary>A table, a line a network; a star marks the front of Pareto. The same in every culture.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"weight",10}  {MetricName,-28}  {Measure,-28}  spread");
        foreach (var point in Points)
            text.AppendLine(CultureInfo.InvariantCulture, $"{Check.Text(point.Weight),10}  {point.Metric,-28}  {point.Measured,-28}  {point.Fairness.ScoreSpread.Value:G4}{(point.IsPareto ? "  *" : "")}{(point.Diverged ? "  diverged" : "")}");
        return text.ToString();
    }

    private static JsonObject Json(Estimate estimate) => new() { ["value"] = Number(estimate.Value), ["low"] = Number(estimate.Low), ["high"] = Number(estimate.High) };

    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}

/// <summary>A network of a path.</summary>
/// <typeparam name="TTransformer">The network.</typeparam>
public sealed record PathPoint<TTransformer>
    where TTransformer : NetworkTransformer
{
    internal PathPoint(double weight, TTransformer model, FairnessMetrics fairness, PathMeasure measure, bool diverged)
    {
        (Weight, Model, Fairness, Diverged) = (weight, model, fairness, diverged);
        Metric = fairness.Task == LearningTask.Regression ? fairness.All.RootMeanSquaredError : fairness.All.LogLoss;
        var view = fairness.Intersection ?? fairness.Columns[0];
        Measured = measure switch
        {
            PathMeasure.Divergence => view.Divergence.AboveFloor,
            PathMeasure.MeanScoreGap => view.MeanScoreGap.Difference,
            PathMeasure.DemographicParityGap => view.DemographicParityGap.Difference,
            PathMeasure.EqualOpportunityGap => view.EqualOpportunityGap.Difference,
            _ => view.EqualizedOddsGap.Difference,
        };
    }

    /// <summary>The weight of the penalty.</summary>
    public double Weight { get; }

    /// <summary>The network, bit for bit that which the trainer <c>Network</c> makes of the recipe with this weight.</summary>
    public TTransformer Model { get; }

    /// <summary>The log-loss, or in regression the RMSE; lower is better.</summary>
    public Estimate Metric { get; }

    /// <summary>What the path judges by; lower is better.</summary>
    public Estimate Measured { get; }

    /// <summary>Every gap, divergence and dependence on the same rows.</summary>
    public FairnessMetrics Fairness { get; }

    /// <summary>Whether no other point of the path beats it.</summary>
    public bool IsPareto { get; internal init; }

    /// <summary>Whether training diverged: the network is the best before that.</summary>
    public bool Diverged { get; }

    // a number that cannot be had beats nothing, and is beaten by one that can
    internal bool IsBeatenBy(PathPoint<TTransformer> other)
    {
        var (metric, measured) = (Sign(other.Metric.Value, Metric.Value), Sign(other.Measured.Value, Measured.Value));
        return metric <= 0 && measured <= 0 && metric + measured < 0;

        static int Sign(double others, double own) => double.IsNaN(others) ? double.IsNaN(own) ? 0 : 1 : double.IsNaN(own) ? -1 : others.CompareTo(own);
    }
}
