namespace Retort;

/// <summary>The best, on labelled rows, of the mean, task arithmetic, DARE and TIES over lists of settings.</summary>
/// <remarks>
/// Every candidate is merged and judged by its log-loss, in regression its squared error, on the rows given; of equal ones the first stays, in the order mean, task arithmetic, DARE, TIES. Needs the start
/// and rows with labels that no model was trained on. The loss of the winner on these rows looks better than it is.
/// Source: Yadav et al., What Matters for Model Merging at Scale?, 2024, sec. 3, https://arxiv.org/abs/2410.03617, whose four methods these are; that one is to be chosen by validation rows is how we read
/// its finding that they differ most for small models.
/// </remarks>
[Method("merging-at-scale", Title = "What Matters for Model Merging at Scale?", Authors = "Yadav et al.", Year = 2024, Link = "https://arxiv.org/abs/2410.03617")]
public sealed record SearchedMerging : Merging
{
    /// <summary>Factors of task arithmetic and DARE. Each at least 0; default 0.2 to 1.</summary>
    public ValueList<double> Factors { get; init; } = [0.2, 0.4, 0.6, 0.8, 1.0];

    /// <summary>Densities of DARE and TIES. Each in (0, 1]; default 0.2, 0.5 and 0.9.</summary>
    public ValueList<double> Densities { get; init; } = [0.2, 0.5, 0.9];

    /// <summary>Factors of TIES. Each at least 0; default 0.7 to 1.6.</summary>
    public ValueList<double> TiesFactors { get; init; } = [0.7, 1.0, 1.3, 1.6];

    internal override bool NeedsStart => true;

    internal override bool NeedsRows => true;

    internal override bool NeedsLabels => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        foreach (var candidate in Candidates)
            candidate.Validate();
    }

    /// <summary>All that is tried, in order.</summary>
    internal IEnumerable<Merging> Candidates =>
    [
        new UniformMerging(),
        .. Factors.Select(factor => new TaskArithmeticMerging { Factor = factor }),
        .. Densities.SelectMany(density => Factors.Select(factor => new DareMerging { Density = density, Factor = factor })),
        .. Densities.SelectMany(density => TiesFactors.Select(factor => new TiesMerging { Density = density, Factor = factor })),
    ];

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context)
    {
        float[]? best = null;
        var least = double.PositiveInfinity;
        foreach (var candidate in Candidates)
            if (candidate.Merge(models, context) is var weights && (context.Judge!(weights) is var loss && loss < least || best is null))
                (best, least) = (weights, loss);
        return best!;
    }
}
