using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>As <see cref="TaskArithmeticMerging"/>, of what each model learned a random part alone, enlarged so that its mean stays: what models learned collides less.</summary>
/// <remarks>
/// Each entry of <c>θ_i - θ_0</c> becomes 0 with probability <c>1 - Density</c>, else it is divided by <c>Density</c>. Density 1 is task arithmetic. Needs the start.
/// Source: Yu et al., Language Models are Super Mario: Absorbing Abilities from Homologous Models as a Free Lunch, 2024, sec. 3, https://arxiv.org/abs/2311.03099.
/// That nearly all of what was learned can be dropped was found in networks of billions of weights; small ones lose more, so our default keeps half.
/// </remarks>
[Method("dare", Title = "Language Models are Super Mario: Absorbing Abilities from Homologous Models as a Free Lunch", Authors = "Yu et al.", Year = 2024, Link = "https://arxiv.org/abs/2311.03099")]
public sealed record DareMerging : Merging
{
    /// <summary>The share of entries that stays. In (0, 1]; default 0.5 (the source also keeps as few as 0.1 and less).</summary>
    [Range(0.1, 1.0, 0.5)]
    public double Density { get; init; } = 0.5;

    /// <summary>What the sum is multiplied with. At least 0; default 0.4 as in <see cref="TaskArithmeticMerging"/>.</summary>
    [Range(0.1, 1.5, 0.4)]
    public double Factor { get; init; } = 0.4;

    /// <summary>Where the draws begin. Any number; default 0.</summary>
    public int Seed { get; init; }

    internal override bool NeedsStart => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.MoreThan(Density, 0);
        Check.InRange(Density, 0, 1);
        Check.AtLeast(Factor, 0);
    }

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context)
    {
        var random = new Generator((ulong)Seed);
        return context.FromStart(WeightedSum.Of([.. models.Select(model => Thin(context.TaskVector(model), random))]), Factor);
    }

    private double[] Thin(double[] learned, Generator random)
    {
        for (var i = 0; i < learned.Length; i++)
            learned[i] = random.Uniform() < Density ? learned[i] / Density : 0;
        return learned;
    }
}
