using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Learns which classes belong into a set that holds the true one as often as promised, whatever the model.</summary>
/// <inheritdoc/>
public sealed class PredictionSetTrainer : ClassScoreTrainer<PredictionSetTransformer>
{
    private readonly ScoreKind _kind;

    internal PredictionSetTrainer(IHostEnvironment environment, LearningTask task, ConformalSets sets, ScoredColumns columns, ScoreKind kind)
        : base(environment, task, columns)
    {
        Check.Defined(kind);
        sets.Validate();
        (Sets, _kind) = (sets, kind);
    }

    /// <summary>What is promised, and how sets are made.</summary>
    public ConformalSets Sets { get; }

    private protected override PredictionSetTransformer Learn(IReadOnlyList<ScoredRows> parts, ScoreInput model, IChannel channel)
    {
        var pool = PooledScores.Of(parts, model, _kind, channel);
        var predictor = Sets.Fit(pool.Probabilities(), pool.Rows.Classes, pool.Rows.Labels);
        if (double.IsPositiveInfinity(predictor.Threshold))
            channel.Warning(MessageSensitivity.None, "{0}", $"{pool.Rows.Count} rows are too few to promise a coverage of {Check.Text(Sets.Coverage)}: every set will hold all classes.");
        return new PredictionSetTransformer(model.Column.Name, Task, pool.Kind, predictor, model.Values);
    }

    private protected override SchemaShape AddColumns(SchemaShape input) => Shapes.WithSets(input);
}
