using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Each feature becomes learned mixtures of waves of learned frequency, bent at 0.</summary>
/// <remarks>
/// <c>max(W cos(2 pi c x + p) + b, 0)</c>; frequencies c begin normally distributed.
/// Source: Gorishniy, Rubachev and Babenko, On Embeddings for Numerical Features in Tabular Deep Learning, 2022, sec. 3.3, https://arxiv.org/abs/2203.05556.
/// We differ: a wave with a learned phase p stands for the source's pair of sine and cosine.
/// </remarks>
[Method("plr", Title = "On Embeddings for Numerical Features in Tabular Deep Learning", Authors = "Gorishniy, Rubachev and Babenko", Year = 2022, Link = "https://arxiv.org/abs/2203.05556")]
public sealed record PlrEmbedding : NumberEmbedding
{
    /// <summary>How many waves a feature has. In [1, 1024]; default 32.</summary>
    [Range(8, 96, 32, true)]
    public int Waves { get; init; } = 32;

    /// <summary>How many numbers leave a feature. In [1, 1024]; default 16.</summary>
    [Range(4, 32, 16)]
    public int Width { get; init; } = 16;

    /// <summary>The deviation of the starting frequencies: large values suit jagged targets. More than 0; default 0.1.</summary>
    [Range(0.01, 10.0, 0.1, true)]
    public double Deviation { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.InRange(Waves, 1, 1024);
        Check.InRange(Width, 1, 1024);
        Check.MoreThan(Deviation, 0);
    }

    internal override IEnumerable<Layer> Layers(ParameterLayout layout, int features) =>
        [new Periodic(layout, features, Waves, Width, Deviation, keepsFeature: false), new Bend(features * Width, Activation.Relu)];
}
