namespace Retort;

/// <summary>A fitted transformer that reads what a model says of a row, and says it better or says more.</summary>
public abstract class ScoreTransformer : LoadableTransformer
{
    private protected ScoreTransformer(string scoreColumnName) => ScoreColumnName = scoreColumnName;

    /// <summary>The column that is read.</summary>
    public string ScoreColumnName { get; }

    private protected override SavedForm Saved => ScoreLoader.Form;

    /// <summary>Which of the transformers it is, in a file.</summary>
    private protected abstract ScoreForm Form { get; }

    internal sealed override void Write(BinaryWriter writer)
    {
        writer.Write((byte)Form);
        writer.Write(ScoreColumnName);
        WriteContent(writer);
    }

    private protected abstract void WriteContent(BinaryWriter writer);

    private protected static ScoreKind ReadKind(BinaryReader reader)
    {
        var kind = (ScoreKind)reader.ReadByte();
        return kind is ScoreKind.Probabilities or ScoreKind.Logits
            ? kind
            : throw new InvalidDataException($"The kind of the scores of a saved transformer must be known to this version, but is {(byte)kind}.");
    }

    internal static ScoreTransformer Read(BinaryReader reader)
    {
        var kind = (ScoreForm)reader.ReadByte();
        var column = reader.ReadString();
        return kind switch
        {
            ScoreForm.BinaryCalibration => BinaryCalibrationTransformer.ReadContent(reader, column),
            ScoreForm.MulticlassCalibration => MulticlassCalibrationTransformer.ReadContent(reader, column),
            ScoreForm.PredictionSet => PredictionSetTransformer.ReadContent(reader, column),
            ScoreForm.PredictionInterval => PredictionIntervalTransformer.ReadContent(reader, column),
            ScoreForm.Threshold => ThresholdTransformer.ReadContent(reader, column),
            ScoreForm.Divergence => ScoreDivergenceTransformer.ReadContent(reader, column),
            ScoreForm.GroupThreshold => GroupThresholdTransformer.ReadContent(reader, column),
            ScoreForm.GroupAdjustment => GroupAdjustmentTransformer.ReadContent(reader, column),
            _ => throw new InvalidDataException($"The kind of a saved transformer of scores must be known to this version, but is {(byte)kind}."),
        };
    }
}

/// <summary>The transformers of scores, by their numbers in files.</summary>
internal enum ScoreForm : byte
{
    BinaryCalibration = 1,
    MulticlassCalibration = 2,
    PredictionSet = 3,
    PredictionInterval = 4,
    Threshold = 5,
    Divergence = 6,
    GroupThreshold = 7,
    GroupAdjustment = 8,
}
