using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A stack of blocks whose weights lie on a line, so that what was trained at one depth gives networks of every depth.</summary>
/// <remarks>
/// <c>h = h + V bend(U norm(h)) / Blocks</c>, <see cref="Blocks"/> times, between a linear layer and the head <c>W bend(norm(h)) + b</c>, as in <see cref="ResNetMlp"/>. All that block l of <see cref="Blocks"/> learns, U, V, their biases and the norm's scales, is <c>B + (l / Blocks) A</c>,
/// and only B and A are stored, whatever the depth: as many numbers as two blocks have. <c>ml.Model.AtDepth</c> gives the fitted network with more or fewer blocks.
/// Source: Xia et al., Transformer as Linear Expansion of Learngene, 2024, https://arxiv.org/abs/2312.05614, whose blocks are those of transformers, trained by a teacher's soft targets (<c>kd</c>) and fine-tuned at each depth afterwards.
/// Ours are the blocks, the exact position l / Blocks, that A begins at 0, and the division of each correction by <see cref="Blocks"/>, by which depths near each other agree without fine-tuning: they are coarser and finer steps along the same path. There is no fine-tuning here.
/// Seen (<c>./bench depth</c>): on phoneme, five splits, trained with 8 blocks, accuracy is 0.874 with 8, 0.872 with 16, 0.865 with 4, 0.824 with 2 and 0.754 with one; plain networks trained anew for each depth have 0.864 to 0.873.
/// Not where one depth is all that is needed: <see cref="ResNetMlp"/> learns each block by itself.
/// </remarks>
[Method("tleg", Title = "Transformer as Linear Expansion of Learngene", Authors = "Xia et al.", Year = 2024, Link = "https://arxiv.org/abs/2312.05614")]
public sealed record ElasticResNet : Network
{
    /// <summary>How many blocks. In [1, 64]; default 8, ours: more than are wanted in the end.</summary>
    [Range(2, 16, 8)]
    public int Blocks { get; init; } = 8;

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
        var line = new BlockLine(layout, Width, Block);
        for (var block = 1; block <= Blocks; block++)
            yield return new LineResidual(line, block, Blocks);
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
