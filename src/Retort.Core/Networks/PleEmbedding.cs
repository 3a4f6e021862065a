using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Each feature is cut into bins that fill one after the other, so that a network sees steps as easily as slopes.</summary>
/// <remarks>
/// <c>sum over bins of clamp((x - low) / (high - low), 0, 1) · w + x · v + b</c>. Bins lie between equally spaced quantiles of the training rows; equal quantiles are one edge. Vectors w begin at 0.
/// Source: Gorishniy, Rubachev and Babenko, On Embeddings for Numerical Features in Tabular Deep Learning, 2022, sec. 3.2, https://arxiv.org/abs/2203.05556;
/// the linear term and the start at 0 are those of TabM's code. We clamp the first and last bin too: beyond the training range only the linear term moves.
/// </remarks>
[Method("ple", Title = "On Embeddings for Numerical Features in Tabular Deep Learning", Authors = "Gorishniy, Rubachev and Babenko", Year = 2022, Link = "https://arxiv.org/abs/2203.05556")]
public sealed record PleEmbedding : NumberEmbedding
{
    /// <summary>How many bins a feature has, at most. In [1, 1024]; default 48.</summary>
    [Range(2, 128, 48, true)]
    public int Bins { get; init; } = 48;

    /// <summary>How many numbers leave a feature. In [1, 1024]; default 16.</summary>
    [Range(4, 32, 16)]
    public int Width { get; init; } = 16;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.InRange(Bins, 1, 1024);
        Check.InRange(Width, 1, 1024);
    }

    internal override IEnumerable<Layer> Layers(ParameterLayout layout, int features) => [new PiecewiseLinear(layout, features, Bins, Width)];
}
