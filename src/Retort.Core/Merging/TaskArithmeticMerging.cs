using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The start, plus all that the models learned from there, times a factor.</summary>
/// <remarks>
/// <c>θ = θ_0 + Factor Σ (θ_i - θ_0)</c>. A factor of 1 / models is the mean of the models, and of one model a factor of 1 is that model. Needs the start.
/// Source: Ilharco et al., Editing Models with Task Arithmetic, 2023, sec. 2, https://arxiv.org/abs/2212.04089
/// </remarks>
[Method("task-arithmetic", Title = "Editing Models with Task Arithmetic", Authors = "Ilharco et al.", Year = 2023, Link = "https://arxiv.org/abs/2212.04089")]
public sealed record TaskArithmeticMerging : Merging
{
    /// <summary>What the sum is multiplied with. At least 0; default 0.4, which the source finds good for several tasks without tuning.</summary>
    [Range(0.1, 1.5, 0.4)]
    public double Factor { get; init; } = 0.4;

    internal override bool NeedsStart => true;

    /// <inheritdoc/>
    public override void Validate() => Check.AtLeast(Factor, 0);

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context) =>
        context.FromStart(WeightedSum.Of([.. models.Select(context.TaskVector)]), Factor);
}
