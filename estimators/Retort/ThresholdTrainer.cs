using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Chooses the threshold above which a fitted model of two classes says true, for the best F-beta.</summary>
/// <inheritdoc/>
public sealed class ThresholdTrainer : ClassScoreTrainer<ThresholdTransformer>
{
    internal ThresholdTrainer(IHostEnvironment environment, double beta, ScoredColumns columns)
        : base(environment, LearningTask.Binary, columns)
    {
        Check.MoreThan(beta, 0);
        Beta = beta;
    }

    /// <summary>How many times as much recall counts as precision.</summary>
    public double Beta { get; }

    private protected override ThresholdTransformer Learn(IReadOnlyList<ScoredRows> parts, ScoreInput model, IChannel channel)
    {
        var threshold = ThresholdMetrics.Choose(
            [.. parts.SelectMany(part => part.Positive)], [.. parts.SelectMany(part => part.Labels)],
            Columns.Weight is null ? null : [.. parts.SelectMany(part => part.Weights!)], Beta);
        channel.Info(MessageSensitivity.None, "{0}", $"The threshold of column '{model.Column.Name}' with the best F-beta on {parts.Sum(part => part.Count)} rows is {Check.Text(threshold)}.");
        return new ThresholdTransformer(model.Column.Name, threshold, Beta);
    }

    private protected override SchemaShape AddColumns(SchemaShape input) => Shapes.WithThreshold(input);
}
