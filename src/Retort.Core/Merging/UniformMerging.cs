namespace Retort;

/// <summary>The mean of the models' weights.</summary>
/// <remarks>
/// <c>θ = mean θ_i</c>. One model alone stays what it is, bit for bit.
/// Source: Wortsman et al., Model Soups, 2022, sec. 2, https://arxiv.org/abs/2203.05482
/// </remarks>
[Method("uniform", Title = "Model Soups: Averaging Weights of Multiple Fine-tuned Models Improves Accuracy without Increasing Inference Time", Authors = "Wortsman et al.", Year = 2022,
    Link = "https://arxiv.org/abs/2203.05482")]
public sealed record UniformMerging : Merging
{
    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context) => WeightedSum.Of(models, Shares(models.Count));
}
