using Microsoft.ML;

namespace Retort;

/// <summary>A fitted network for two classes. Adds Score (the logit), Probability (of true) and PredictedLabel (true where the logit is positive).</summary>
public sealed class BinaryNetworkTransformer : NetworkTransformer
{
    internal BinaryNetworkTransformer(NetworkModel model, string features, IReadOnlyList<string> categories)
        : base(model, features, categories)
    {
    }

    internal override IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input) =>
        ClassColumns.Binary(input, source => Logits.Sigmoid(source.Current[0]));
}
