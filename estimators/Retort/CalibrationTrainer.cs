using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Learns how a fitted model's scores become probabilities that keep what they promise.</summary>
/// <inheritdoc/>
public abstract class CalibrationTrainer<TTransformer> : ClassScoreTrainer<TTransformer>
    where TTransformer : CalibrationTransformer
{
    private readonly ScoreKind _kind;

    private protected CalibrationTrainer(IHostEnvironment environment, LearningTask task, Calibration calibration, ScoredColumns columns, ScoreKind kind)
        : base(environment, task, columns)
    {
        Check.Defined(kind);
        calibration.Validate();
        if (calibration.CopiesOfRows > 0)
            throw new NotSupportedException($"calibration must need nothing but scores, but {calibration} asks the model about copies of every row; put it into the recipe of a network, or set Copies to 0.");
        (Calibration, _kind) = (calibration, kind);
    }

    /// <summary>What is learned.</summary>
    public Calibration Calibration { get; }

    private protected override TTransformer Learn(IReadOnlyList<ScoredRows> parts, ScoreInput model, IChannel channel)
    {
        var pool = PooledScores.Of(parts, model, _kind, channel);
        var absent = pool.Rows.Classes - pool.Rows.Labels.Distinct().Count();
        if (absent > 0 && !Calibration.KeepsArgMax)
            channel.Warning(MessageSensitivity.None, "{0}", $"{absent} of {pool.Rows.Classes} classes have no rows to calibrate on: {Calibration} may give them, and take from others, any probability. Give rows of every class, or take TemperatureScaling.");
        var calibrator = Calibration.Fit(pool.Rows);
        channel.Info(MessageSensitivity.None, "{0}", $"{Calibration} was fitted on {pool.Rows.Count} rows.");
        return Transformer(model, pool.Kind, calibrator);
    }

    private protected abstract TTransformer Transformer(ScoreInput model, ScoreKind kind, Calibrator calibrator);

    private protected override SchemaShape AddColumns(SchemaShape input) => Shapes.WithCalibration(input, Task, Columns.Label);
}

/// <summary>Learns how the scores of a model of two classes become probabilities that keep what they promise.</summary>
/// <inheritdoc/>
public sealed class BinaryCalibrationTrainer : CalibrationTrainer<BinaryCalibrationTransformer>
{
    internal BinaryCalibrationTrainer(IHostEnvironment environment, Calibration calibration, ScoredColumns columns, ScoreKind kind)
        : base(environment, LearningTask.Binary, calibration, columns, kind)
    {
    }

    private protected override BinaryCalibrationTransformer Transformer(ScoreInput model, ScoreKind kind, Calibrator calibrator) =>
        new(model.Column.Name, kind, calibrator);
}

/// <summary>Learns how the scores of a model of several classes become probabilities that keep what they promise.</summary>
/// <inheritdoc/>
public sealed class MulticlassCalibrationTrainer : CalibrationTrainer<MulticlassCalibrationTransformer>
{
    internal MulticlassCalibrationTrainer(IHostEnvironment environment, Calibration calibration, ScoredColumns columns, ScoreKind kind)
        : base(environment, LearningTask.Multiclass, calibration, columns, kind)
    {
    }

    private protected override MulticlassCalibrationTransformer Transformer(ScoreInput model, ScoreKind kind, Calibrator calibrator) =>
        new(model.Column.Name, kind, calibrator, model.Values);
}
