using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A point on the line from the common start to the mean of the models: less than all that was learned keeps more of what the start could do.</summary>
/// <remarks>
/// <c>θ = (1 - Share) θ_0 + Share mean θ_i</c>; of one model, the source's interpolation of a network before and after fine-tuning. 1 is the mean itself. Needs the start.
/// Source: Wortsman et al., Robust Fine-tuning of Zero-shot Models, 2022, sec. 3, https://arxiv.org/abs/2109.01903
/// </remarks>
[Method("wise-ft", Title = "Robust Fine-tuning of Zero-shot Models", Authors = "Wortsman et al.", Year = 2022, Link = "https://arxiv.org/abs/2109.01903")]
public sealed record WiseFtMerging : Merging
{
    /// <summary>How far from the start. In [0, 1]; default 0.5, the source's where there is nothing to choose by.</summary>
    [Range(0.0, 1.0, 0.5)]
    public double Share { get; init; } = 0.5;

    internal override bool NeedsStart => true;

    /// <inheritdoc/>
    public override void Validate() => Check.InRange(Share, 0, 1);

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context) =>
        WeightedSum.Of([context.Origin, .. models], [1 - Share, .. Shares(models.Count).Select(share => Share * share)]);
}
