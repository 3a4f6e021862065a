using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>For each layer a mixture of the ingredients that is learned on the held-out rows, with one factor for all logits.</summary>
/// <remarks>
/// Each tensor of weights is <c>Σ softmax(a)_k θ_k</c> with its own a, which begin at 0 (the mean); logits are multiplied by a learned factor that begins at 1 and is folded into the last layer. Trained by AdamW without
/// decay on the task's log-loss or squared error, in batches of 256 rows.
/// Source: Wortsman et al., Model Soups, 2022, app. I, https://arxiv.org/abs/2203.05482, learning rate 0.05; its 5 epochs are over many more rows than a table holds out.
/// It has as many numbers to learn as layers times ingredients: of few held-out rows it learns what is chance.
/// Seen with 359 to 1,000 held-out rows: the best of the three soups on MNIST (log-loss 0.200 against 0.214 of the others), about as good as the greedy one elsewhere; its factor of the logits calibrates along.
/// </remarks>
[Method("learned", Title = "Model Soups: Averaging Weights of Multiple Fine-tuned Models Improves Accuracy without Increasing Inference Time", Authors = "Wortsman et al.", Year = 2022,
    Link = "https://arxiv.org/abs/2203.05482")]
public sealed record LearnedSoup : Soup
{
    /// <summary>How often learning passes over the held-out rows. At least 1; default 20.</summary>
    [Range(5, 100, 20, true)]
    public int Epochs { get; init; } = 20;

    /// <summary>The size of a step. More than 0; default 0.05, the source's.</summary>
    [Range(0.005, 0.2, 0.05, true)]
    public double LearningRate { get; init; } = 0.05;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(Epochs, 1);
        Check.MoreThan(LearningRate, 0);
    }

    internal override SoupResult Stir(IReadOnlyList<float[]> ingredients, SoupContext context) => new(context.Learn(ingredients, this), [.. ingredients.Select(_ => true)]);
}
