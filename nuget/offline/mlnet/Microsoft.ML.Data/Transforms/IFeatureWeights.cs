namespace Microsoft.ML.Data;

/// A model whose features carry one weight each; those that are zero need no permutation.
internal interface IFeatureWeights
{
    IReadOnlyList<float> Weights { get; }
}
