using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A fitted network for two classes. Adds Score (the logit), Probability (of true) and PredictedLabel (true where the logit is positive).</summary>
public sealed class BinaryNetworkTransformer : NetworkTransformer
{
    internal BinaryNetworkTransformer(NetworkModel model, string features, IReadOnlyList<string> categories)
        : base(model, features, categories)
    {
    }

    internal override IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input)
    {
        var (single, task) = (NumberDataViewType.Single, LearningTask.Binary);
        yield return ScoreColumn.Of<float>(ScoreNames.Score, single, ScoreAnnotations.Start(input, task, ScoreNames.Score),
            source => (ref float score) => score = source.Current[0]);
        yield return ScoreColumn.Of<float>(ScoreNames.Probability, single, ScoreAnnotations.Start(input, task, ScoreNames.Probability).Normalized(),
            source => (ref float probability) => probability = Logits.Sigmoid(source.Current[0]));
        yield return ScoreColumn.Of<bool>(ScoreNames.PredictedLabel, BooleanDataViewType.Instance, ScoreAnnotations.Start(input, task, ScoreNames.PredictedLabel),
            source => (ref bool label) => label = source.Current[0] > 0);
    }
}
