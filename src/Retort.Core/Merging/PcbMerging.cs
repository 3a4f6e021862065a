using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Each entry of what a model learned counts by how large it is among the model's own and how well it agrees with the others.</summary>
/// <remarks>
/// Of n models and <c>τ_i = θ_i - θ_0</c>, whose entries are held within the 0.0001 and 0.9999 quantiles of their sizes: the score of an entry is <c>exp(n m²) tanh(τ_i Σ_k τ_k)</c> with m the size scaled to
/// [0, 1] over the model; scores below the <c>1 - Ratio</c> quantile become 0, the rest are scaled to [0, 1]; <c>θ = θ_0 + Factor Σ s_i τ_i / Σ s_i</c>. Needs the start.
/// Source: Du et al., Parameter Competition Balancing for Model Merging, 2024, sec. 3, https://arxiv.org/abs/2410.02396.
/// We differ: a model all of whose scores are the same (one that learned nothing) counts 0, where the source divides by 0; factors for each task by a search are not here.
/// The product within tanh has the unit of a squared weight: what models learned in small steps agrees or disagrees by little, and the size decides.
/// </remarks>
[Method("pcb", Title = "Parameter Competition Balancing for Model Merging", Authors = "Du et al.", Year = 2024, Link = "https://arxiv.org/abs/2410.02396")]
public sealed record PcbMerging : Merging
{
    private const double Tail = 0.0001;

    /// <summary>The share of each model's entries that counts. In (0, 1]; default 0.1, the source's.</summary>
    [Range(0.02, 0.5, 0.1, true)]
    public double Ratio { get; init; } = 0.1;

    /// <summary>What the sum is multiplied with. At least 0; default 1.</summary>
    [Range(0.5, 1.5, 1.0)]
    public double Factor { get; init; } = 1;

    internal override bool NeedsStart => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.MoreThan(Ratio, 0);
        Check.InRange(Ratio, 0, 1);
        Check.AtLeast(Factor, 0);
    }

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context)
    {
        double[][] learned = [.. models.Select(model => Held(context.TaskVector(model)))];
        var sum = WeightedSum.Of(learned);
        double[][] scores = [.. learned.Select(own => Scores(own, sum, models.Count))];
        var total = WeightedSum.Of(scores);
        var merged = new double[sum.Length];
        for (var i = 0; i < merged.Length; i++)
        {
            for (var k = 0; k < learned.Length; k++)
                merged[i] += learned[k][i] * scores[k][i];
            merged[i] /= Math.Max(total[i], 1e-12);
        }

        return context.FromStart(merged, Factor);
    }

    private static double[] Held(double[] learned)
    {
        double[] sizes = [.. learned.Select(Math.Abs)];
        Array.Sort(sizes);
        var (low, high) = (Quantile(sizes, Tail), Quantile(sizes, 1 - Tail));
        for (var i = 0; i < learned.Length; i++)
            learned[i] = Math.Sign(learned[i]) * Math.Clamp(Math.Abs(learned[i]), low, high);
        return learned;
    }

    private double[] Scores(double[] learned, double[] sum, int models)
    {
        var sizes = Scaled([.. learned.Select(Math.Abs)]);
        var scores = new double[learned.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = Math.Exp(models * sizes[i] * sizes[i]) * Math.Tanh(learned[i] * sum[i]);
        double[] sorted = [.. scores];
        Array.Sort(sorted);
        var least = Quantile(sorted, 1 - Ratio);
        for (var i = 0; i < scores.Length; i++)
            scores[i] = Math.Max(scores[i], least);
        return Scaled(scores);
    }

    /// <summary>In place to [0, 1]; all 0 where all are the same.</summary>
    private static double[] Scaled(double[] numbers)
    {
        var (low, high) = (numbers.Min(), numbers.Max());
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = high > low ? (numbers[i] - low) / (high - low) : 0;
        return numbers;
    }

    /// <summary>Between neighbours on a line.</summary>
    private static double Quantile(double[] sorted, double level)
    {
        var place = level * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }
}
