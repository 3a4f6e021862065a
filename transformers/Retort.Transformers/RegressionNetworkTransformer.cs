using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A fitted network for a number. Adds Score, in the label's unit.</summary>
public sealed class RegressionNetworkTransformer : NetworkTransformer
{
    internal RegressionNetworkTransformer(NetworkModel model, string features, IReadOnlyList<string> categories)
        : base(model, features, categories)
    {
    }

    internal override IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input)
    {
        yield return ScoreColumn.Of<float>(ScoreNames.Score, NumberDataViewType.Single, ScoreAnnotations.Start(input, LearningTask.Regression, ScoreNames.Score),
            source => (ref float score) => score = source.Current[0]);
    }
}
