using Microsoft.ML;

namespace Retort;

/// <summary>A fitted calibration after a model of several classes. Adds Score (a calibrated probability a class, with slot names) and PredictedLabel (a key with the label's values), which take the place of the model's.</summary>
/// <remarks>A row with NaN among its scores has NaN in Score and a missing key in PredictedLabel.</remarks>
public sealed class MulticlassCalibrationTransformer : CalibrationTransformer
{
    internal MulticlassCalibrationTransformer(string scoreColumnName, ScoreKind kind, Calibrator calibrator, ClassValues? classes)
        : base(scoreColumnName, kind, calibrator) => Classes = classes;

    private protected override LearningTask Task => LearningTask.Multiclass;

    private protected override ScoreForm Form => ScoreForm.MulticlassCalibration;

    private protected override ClassValues? Classes { get; }

    private protected override int Outputs => Calibrator.Classes;

    private protected override IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input) => ClassColumns.Multiclass(input, Calibrator.Classes, Classes);

    private protected override void Calibrate(Span<double> logits, Span<float> outputs) => Calibrator.Apply(logits, [], outputs);

    internal static MulticlassCalibrationTransformer ReadContent(BinaryReader reader, string column)
    {
        var (kind, classes, calibrator) = ReadParts(reader);
        return new MulticlassCalibrationTransformer(column, kind, calibrator, classes);
    }
}
