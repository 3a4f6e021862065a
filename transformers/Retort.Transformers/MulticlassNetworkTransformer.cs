using Microsoft.ML;

namespace Retort;

/// <summary>A fitted network for several classes. Adds Score (a probability per class, with slot names) and PredictedLabel (a key with the label's values).</summary>
public sealed class MulticlassNetworkTransformer : NetworkTransformer
{
    internal MulticlassNetworkTransformer(NetworkModel model, string features, IReadOnlyList<string> categories, ClassValues? classes)
        : base(model, features, categories) => Classes = classes;

    internal override ClassValues? Classes { get; }

    internal override IEnumerable<ScoreColumn> ScoreColumns(DataViewSchema input) => ClassColumns.Multiclass(input, Fitted.Outputs, Classes);
}
