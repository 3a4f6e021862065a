using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Each feature is kept, beside a few learned mixtures of waves of learned frequency and phase.</summary>
/// <remarks>
/// <c>(x, W cos(2 pi c x + p) + b)</c>; frequencies c begin normally distributed, phases p nearly evenly.
/// Source: Holzmüller, Grinsztajn and Steinwart, Better by Default, 2024, sec. 3, https://arxiv.org/abs/2407.04491
/// </remarks>
[Method("pbld", Title = "Better by Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data", Authors = "Holzmüller, Grinsztajn and Steinwart", Year = 2024,
    Link = "https://arxiv.org/abs/2407.04491")]
public sealed record PbldEmbedding : NumberEmbedding
{
    /// <summary>How many waves a feature has. In [1, 1024]; default 16.</summary>
    [Range(8, 64, 16, true)]
    public int Waves { get; init; } = 16;

    /// <summary>How many numbers leave a feature, itself included. In [2, 1024]; default 4.</summary>
    [Range(2, 16, 4)]
    public int Width { get; init; } = 4;

    /// <summary>The deviation of the starting frequencies. More than 0; default 0.1.</summary>
    [Range(0.01, 10.0, 0.1, true)]
    public double Deviation { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.InRange(Waves, 1, 1024);
        Check.InRange(Width, 2, 1024);
        Check.MoreThan(Deviation, 0);
    }

    internal override IEnumerable<Layer> Layers(ParameterLayout layout, int features) => [new Periodic(layout, features, Waves, Width, Deviation, keepsFeature: true)];
}
