using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The mean of the models' weights in which each weight counts by how much the model's predictions hang on it.</summary>
/// <remarks>
/// <c>θ_j = Σ F_ij θ_ij / Σ F_ij</c> with the diagonal Fisher information <c>F_ij = mean over rows of Σ_c p(c) (∂ log p(c) / ∂ θ_ij)²</c>, classes drawn from what the model itself predicts, exactly, a gradient a
/// class and row. Equal informations give the mean. In regression, of a normal distribution around the value, <c>F_ij = mean (∂ value / ∂ θ_ij)²</c>. Needs rows, no labels: best each model's own training rows.
/// Source: Matena and Raffel, Merging Models with Fisher-Weighted Averaging, 2022, sec. 3, https://arxiv.org/abs/2111.09832.
/// We differ: each model's information is divided by its length (as the source's code can) before <see cref="Floor"/> is its least, in every model, so that weights that nobody needs are the plain mean;
/// the last layer is merged like all others, and all models count the same.
/// </remarks>
[Method("fisher", Title = "Merging Models with Fisher-Weighted Averaging", Authors = "Matena and Raffel", Year = 2022, Link = "https://arxiv.org/abs/2111.09832")]
public sealed record FisherMerging : Merging
{
    /// <summary>How many rows at most a model's information is taken from, evenly spaced. At least 1; default 1000.</summary>
    [Range(100, 4000, 1000, true)]
    public int Rows { get; init; } = 1000;

    /// <summary>The least information of a weight, where each model's are of length 1 together. More than 0; default 1e-6.</summary>
    [Range(1e-9, 1e-3, 1e-6, true)]
    public double Floor { get; init; } = 1e-6;

    internal override bool NeedsRows => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(Rows, 1);
        Check.MoreThan(Floor, 0);
    }

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context)
    {
        double[][] information = [.. Enumerable.Range(0, models.Count).Select(k => Scaled(context.Information!(k)))];
        var merged = new float[models[0].Length];
        for (var i = 0; i < merged.Length; i++)
        {
            var (sum, total) = (0.0, 0.0);
            for (var k = 0; k < models.Count; k++)
                (sum, total) = (sum + information[k][i] * models[k][i], total + information[k][i]);
            merged[i] = (float)(sum / total);
        }

        return merged;
    }

    private double[] Scaled(double[] information)
    {
        var length = Math.Sqrt(information.Sum(number => number * number));
        return [.. information.Select(number => Math.Max(length > 0 ? number / length : 0, Floor))];
    }
}
