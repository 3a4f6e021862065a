using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Blocks that each add a correction to what they are given, so that many can be stacked.</summary>
/// <remarks>
/// <c>h = h + Dropout(V bend(U norm(h)))</c>, <see cref="Blocks"/> times, between a linear layer and the head <c>W bend(norm(h)) + b</c>.
/// Source: Gorishniy et al., Revisiting Deep Learning Models for Tabular Data, 2021, sec. 3.2, https://arxiv.org/abs/2106.11959.
/// We normalise by row (layer norm) where the source normalises by batch: a row's score must not depend on its neighbours.
/// </remarks>
[Method("resnet-mlp", Title = "Revisiting Deep Learning Models for Tabular Data", Authors = "Gorishniy et al.", Year = 2021, Link = "https://arxiv.org/abs/2106.11959")]
public sealed record ResNetMlp : Network
{
    /// <summary>How many blocks. In [1, 64]; default 2.</summary>
    [Range(1, 8, 2)]
    public int Blocks { get; init; } = 2;

    /// <summary>How many numbers go from block to block. In [1, 65536]; default 128.</summary>
    [Range(16, 512, 128, true)]
    public int Width { get; init; } = 128;

    /// <summary>How many times as wide a block is inside. In [1, 16]; default 2.</summary>
    [Range(1, 4, 2)]
    public int Expansion { get; init; } = 2;

    /// <summary>The bend; default <see cref="Activation.Relu"/>.</summary>
    [Choice(Activation.Relu, Activation.Silu, Activation.Mish, Activation.StarRelu)]
    public Activation Activation { get; init; }

    /// <summary>The share of a block's inner numbers that is left out of a training step. In [0, 1); default 0.1.</summary>
    [Range(0.0, 0.5, 0.1)]
    public double Dropout { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InRange(Blocks, 1, 64);
        Check.InRange(Width, 1, 65536);
        Check.InRange(Expansion, 1, 16);
        Check.Defined(Activation);
        Check.InHalfOpenRange(Dropout, 0, 1);
    }

    internal override Network WithoutDropout => this with { Dropout = 0 };

    private protected override IEnumerable<Layer> Trunk(ParameterLayout layout, int inputs, int outputs)
    {
        yield return new LinearLayer(layout, inputs, Width, ParameterRole.Weights, Math.Sqrt(1.0 / inputs));
        for (var block = 0; block < Blocks; block++)
            yield return new Residual(Width, [.. Block(layout)]);
        yield return new LayerNorm(layout, Width);
        yield return new Bend(Width, Activation);
        yield return new LinearLayer(layout, Width, outputs, ParameterRole.Head, Math.Sqrt(1.0 / Width));
    }

    private IEnumerable<Layer> Block(ParameterLayout layout)
    {
        var inner = Width * Expansion;
        yield return new LayerNorm(layout, Width);
        yield return new LinearLayer(layout, Width, inner, ParameterRole.Weights, Math.Sqrt(2.0 / Width));
        yield return new Bend(inner, Activation);
        if (Dropout > 0)
            yield return new DropoutLayer(inner, Dropout);
        yield return new LinearLayer(layout, inner, Width, ParameterRole.Weights, Math.Sqrt(1.0 / inner));
    }
}
