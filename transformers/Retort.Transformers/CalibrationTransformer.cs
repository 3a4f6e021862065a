using Microsoft.ML;

namespace Retort;

/// <summary>A fitted calibration after a model: it reads the model's scores and adds columns that take their place.</summary>
public abstract class CalibrationTransformer : ScoreTransformer
{
    private protected CalibrationTransformer(string scoreColumnName, ScoreKind kind, Calibrator calibrator)
        : base(scoreColumnName) => (Kind, Calibrator) = (kind, calibrator);

    /// <summary>What was learned.</summary>
    public Calibrator Calibrator { get; }

    /// <summary>How the scores are read: as probabilities or as logits.</summary>
    public ScoreKind Kind { get; }

    private protected abstract LearningTask Task { get; }

    private protected virtual ClassValues? Classes => null;

    /// <summary>How many numbers a row gives.</summary>
    private protected abstract int Outputs { get; }

    private protected abstract IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input);

    /// <summary>Turns logits [classes], which are lost, into the outputs.</summary>
    private protected abstract void Calibrate(Span<double> logits, Span<float> outputs);

    internal override ScoreBinding Bind(DataViewSchema input)
    {
        var scores = new ScoreInput(input, ScoreColumnName, Task);
        scores.CheckClasses(Calibrator.Classes, Classes);
        return new ScoresBinding(input, ScoreColumns(input), [scores.Column], Outputs, row =>
        {
            var (read, raw, logits) = (scores.Reader(row), new float[scores.Width], new double[scores.Classes]);
            return outputs =>
            {
                read(raw);
                ScoreKinds.ToLogits(raw, Kind == ScoreKind.Probabilities, logits);
                Calibrate(logits, outputs);
            };
        });
    }

    private protected override void WriteContent(BinaryWriter writer)
    {
        writer.Write((byte)Kind);
        writer.Write(Classes is not null);
        Classes?.Write(writer);
        Calibrator.Write(writer);
    }

    private protected static (ScoreKind Kind, ClassValues? Classes, Calibrator Calibrator) ReadParts(BinaryReader reader)
    {
        var kind = ReadKind(reader);
        var classes = reader.ReadBoolean() ? ClassValues.Read(reader) : null;
        return (kind, classes, Calibrator.Read(reader));
    }
}
