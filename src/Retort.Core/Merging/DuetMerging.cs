namespace Retort;

/// <summary>The start, plus what each model learned from there times a factor of its own: for tasks that came one after the other.</summary>
/// <remarks>
/// <c>θ = θ_0 + Σ Factors_i (θ_i - θ_0)</c>, in the order in which the models are given. Needs the start.
/// Source: Monga et al., DuET: Dual Incremental Object Detection via Exemplar-Free Task Arithmetic, 2025, https://arxiv.org/abs/2506.21260, of which this is the merge alone.
/// Its loss in training that keeps the tasks' directions consistent, and its parts for object detection, are not here; where it names no factors, all are 1 / models.
/// </remarks>
[Method("duet", Title = "DuET: Dual Incremental Object Detection via Exemplar-Free Task Arithmetic", Authors = "Monga et al.", Year = 2025, Link = "https://arxiv.org/abs/2506.21260")]
public sealed record DuetMerging : Merging
{
    /// <summary>A factor for each model, finite; default none, all are 1 / models.</summary>
    public ValueList<double> Factors { get; init; } = [];

    internal override bool NeedsStart => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        foreach (var factor in Factors)
            Check.InRange(factor, -1e6, 1e6, "Each of Factors");
    }

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context)
    {
        if (Factors.Count > 0 && Factors.Count != models.Count)
            throw Check.Wrong("The number of Factors", $"be that of the models, {models.Count}", $"{Factors.Count}");
        var sum = new double[models[0].Length];
        for (var k = 0; k < models.Count; k++)
            TensorPrimitives.MultiplyAdd(context.TaskVector(models[k]), Factors.Count == 0 ? 1.0 / models.Count : Factors[k], sum, sum);
        return context.FromStart(sum, 1);
    }
}
