namespace Retort;

/// <summary>The mean of all ingredients' weights.</summary>
/// <remarks>
/// Nothing is judged, so an ingredient that went astray spoils it: take <see cref="GreedySoup"/> where learning rates differ by more than a few times.
/// Source: Wortsman et al., Model Soups, 2022, sec. 2, https://arxiv.org/abs/2203.05482
/// Seen on the same tables as <see cref="GreedySoup"/>: about as good as the greedy soup of narrow recipes on all four; of learning rates within 50 times, an RMSE of 2.57 on abalone, where the best ingredient has 2.07.
/// </remarks>
[Method("uniform-soup", Title = "Model Soups: Averaging Weights of Multiple Fine-tuned Models Improves Accuracy without Increasing Inference Time", Authors = "Wortsman et al.", Year = 2022,
    Link = "https://arxiv.org/abs/2203.05482")]
public sealed record UniformSoup : Soup
{
    internal override SoupResult Stir(IReadOnlyList<float[]> ingredients, SoupContext context) =>
        new(WeightedSum.Of(ingredients, [.. Enumerable.Repeat(1.0 / ingredients.Count, ingredients.Count)]), [.. ingredients.Select(_ => true)]);
}
