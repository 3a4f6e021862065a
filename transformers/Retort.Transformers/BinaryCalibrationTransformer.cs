using Microsoft.ML;

namespace Retort;

/// <summary>
/// A fitted calibration after a model of two classes. Adds Probability (of true, calibrated), Score (its logit, within ±30) and PredictedLabel (true where the probability is above one half), which take the
/// place of the model's.
/// </summary>
/// <remarks>A row whose score is NaN has NaN in Score and Probability, and false in PredictedLabel.</remarks>
public sealed class BinaryCalibrationTransformer : CalibrationTransformer
{
    private const double MostLogit = 30;

    internal BinaryCalibrationTransformer(string scoreColumnName, ScoreKind kind, Calibrator calibrator)
        : base(scoreColumnName, kind, calibrator)
    {
        if (calibrator.Classes != 2)
            throw new InvalidDataException($"The calibrator of a binary model must know 2 classes, but knows {calibrator.Classes}.");
    }

    private protected override LearningTask Task => LearningTask.Binary;

    private protected override ScoreForm Form => ScoreForm.BinaryCalibration;

    private protected override int Outputs => 2;

    private protected override IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input) => ClassColumns.Binary(input, source => source.Current[1]);

    // the logit's sign decides; probabilities keep its side of one half when they are rounded
    private protected override void Calibrate(Span<double> logits, Span<float> outputs)
    {
        Calibrator.Apply(logits);
        var logit = (float)Math.Clamp(Math.Log(logits[1]) - Math.Log(logits[0]), -MostLogit, MostLogit);
        var probability = (float)logits[1];
        outputs[0] = logit;
        outputs[1] = logit > 0 && probability <= 0.5f ? MathF.BitIncrement(0.5f) : probability;
    }

    internal static BinaryCalibrationTransformer ReadContent(BinaryReader reader, string column)
    {
        var (kind, _, calibrator) = ReadParts(reader);
        return new BinaryCalibrationTransformer(column, kind, calibrator);
    }
}
