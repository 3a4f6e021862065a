using Microsoft.ML;

namespace Retort;

/// <summary>A fitted transformer of ours that predicts from features, which ML.NET can permute.</summary>
public abstract class FeatureTransformer : LoadableTransformer, ISingleFeaturePredictionTransformer
{
    private protected FeatureTransformer()
    {
    }

    /// <summary>The column that the features are read from.</summary>
    public abstract string FeatureColumnName { get; }
}
