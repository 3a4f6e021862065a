using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A fitted threshold after a model of two classes. Adds PredictedLabel (true where the score is above the threshold), which takes the place of the model's.</summary>
/// <remarks>Nothing else changes. A row whose score is NaN has false.</remarks>
public sealed class ThresholdTransformer : ScoreTransformer
{
    internal ThresholdTransformer(string scoreColumnName, double threshold, double beta)
        : base(scoreColumnName) => (Threshold, Beta) = (threshold, beta);

    /// <summary>A row is positive where its score is above, in the unit of <see cref="ScoreTransformer.ScoreColumnName"/>.</summary>
    public double Threshold { get; }

    /// <summary>How many times as much recall counted as precision.</summary>
    public double Beta { get; }

    private protected override ScoreForm Form => ScoreForm.Threshold;

    internal override ScoreBinding Bind(DataViewSchema input)
    {
        var scores = new ScoreInput(input, ScoreColumnName, LearningTask.Binary);
        return new ScoresBinding(input, [Column(input, scores.Width)], [scores.Column], scores.Width, scores.Reader);
    }

    private ScoreColumn Column(DataViewSchema input, int width) => ScoreColumn.Of<bool>(
        ScoreNames.PredictedLabel, BooleanDataViewType.Instance, ScoreAnnotations.Start(input, LearningTask.Binary, ScoreNames.PredictedLabel),
        source => (ref bool label) => label = source.Current[width - 1] > Threshold); // of two scores, the second is that of true

    private protected override void WriteContent(BinaryWriter writer)
    {
        writer.Write(Threshold);
        writer.Write(Beta);
    }

    internal static ThresholdTransformer ReadContent(BinaryReader reader, string column)
    {
        var threshold = reader.ReadDouble();
        return new ThresholdTransformer(column, threshold, reader.ReadDouble());
    }
}
