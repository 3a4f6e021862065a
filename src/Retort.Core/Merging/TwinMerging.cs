using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>What models share becomes one network; what each knows beside it is added row by row, as much as a router says that the row is its own.</summary>
/// <remarks>
/// Shared: <c>θ* = θ_0 + Factor Σ (θ_i - θ_0)</c>. Of each <c>θ_i - θ*</c> the <see cref="Density"/> entries of largest size are kept, v_i. For a row x: <c>θ(x) = θ* + Σ w_i(x) v_i</c>, with w the probabilities of a small network
/// that reads the shared network's last hidden numbers and was trained to tell whose rows they are. With density 1 and a router that is sure, each row is scored by its own model exactly. Needs the start, and rows of each model's own.
/// Source: Lu et al., Twin-Merging: Dynamic Integration of Modular Expertise in Model Merging, 2024, sec. 4, https://arxiv.org/abs/2406.15479.
/// We differ: entries are kept by size, as in the source's code for classifiers, not by singular values; the router has no batch norm.
/// Scoring goes row by row with weights of the row's own: many times as slow as one network. Where the models' rows do not differ, the router has nothing to tell apart: take another merging.
/// Seen on two networks of one start, digits: log-loss 0.171 on halves of the classes (the plain mean 0.222), 0.161 on halves of the rows (0.153).
/// </remarks>
[Method("twin", Title = "Twin-Merging: Dynamic Integration of Modular Expertise in Model Merging", Authors = "Lu et al.", Year = 2024, Link = "https://arxiv.org/abs/2406.15479")]
public sealed record TwinMerging : Merging
{
    /// <summary>What the sum of what models learned is multiplied with. At least 0; default 0.4 (the source has 0.29 for eight tasks).</summary>
    [Range(0.1, 1.0, 0.4)]
    public double Factor { get; init; } = 0.4;

    /// <summary>The share of entries that is kept of what each model knows beside what is shared. In (0, 1]; default 0.2.</summary>
    [Range(0.05, 1.0, 0.2)]
    public double Density { get; init; } = 0.2;

    /// <summary>How many numbers each of the router's two hidden layers has. In [1, 65536]; default 64.</summary>
    [Range(16, 256, 64, true)]
    public int RouterWidth { get; init; } = 64;

    /// <summary>How often the router's training passes over all models' rows, at most. At least 1; default 50, the source's.</summary>
    [Range(10, 200, 50, true)]
    public int RouterEpochs { get; init; } = 50;

    /// <summary>Where the router's random numbers begin. Any number; default 0.</summary>
    public int Seed { get; init; }

    internal override bool NeedsStart => true;

    internal override bool NeedsRows => true;

    internal override int FewestModels => 2;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(Factor, 0);
        Check.MoreThan(Density, 0);
        Check.InRange(Density, 0, 1);
        Check.InRange(RouterWidth, 1, 65536);
        Check.AtLeast(RouterEpochs, 1);
    }

    /// <summary>What is shared.</summary>
    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context) => new TaskArithmeticMerging { Factor = Factor }.Merge(models, context);
}
