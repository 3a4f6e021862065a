using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A plain network with the details that make it strong on tables by default.</summary>
/// <remarks>
/// A learned scale an input; layers <c>W h / sqrt(inputs) + b</c>; bends <c>h + a (f(h) - h)</c> with a learned strength a; each feature kept beside three learned mixtures of
/// 16 waves (<see cref="PbldEmbedding"/>). Learning-rate factors: input scales 6, biases and strengths 0.1. Hidden weights are scaled before the first step so that each layer's
/// outputs have deviation 1 on the training rows. It wants a high learning rate (0.04) and a schedule with restarts.
/// Source: Holzmüller, Grinsztajn and Steinwart, Better by Default, 2024, https://arxiv.org/abs/2407.04491, variant TD.
/// We differ: biases begin normally distributed, not by data points; the output is not clipped; a category column of two values becomes two numbers, not one.
/// </remarks>
[Method("realmlp", Title = "Better by Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data", Authors = "Holzmüller, Grinsztajn and Steinwart", Year = 2024,
    Link = "https://arxiv.org/abs/2407.04491")]
public sealed record RealMlp : Network
{
    /// <summary>The source's numerical embedding.</summary>
    public RealMlp() => Numbers = new PbldEmbedding();

    /// <summary>How many hidden layers. In [1, 64]; default 3.</summary>
    [Range(1, 5, 3)]
    public int Layers { get; init; } = 3;

    /// <summary>How many numbers a hidden layer has. In [1, 65536]; default 256.</summary>
    [Range(32, 512, 256, true)]
    public int Width { get; init; } = 256;

    /// <summary>f; default <see cref="Activation.Selu"/>, the source's for classes; for regression it takes <see cref="Activation.Mish"/>.</summary>
    [Choice(Activation.Selu, Activation.Mish, Activation.Relu, Activation.Silu)]
    public Activation Activation { get; init; } = Activation.Selu;

    /// <summary>The share of hidden numbers that is left out of a training step. In [0, 1); default 0.15.</summary>
    [Range(0.0, 0.5, 0.15)]
    public double Dropout { get; init; } = 0.15;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InRange(Layers, 1, 64);
        Check.InRange(Width, 1, 65536);
        Check.Defined(Activation);
        Check.InHalfOpenRange(Dropout, 0, 1);
    }

    internal override Network WithoutDropout => this with { Dropout = 0 };

    private protected override IEnumerable<Layer> Trunk(ParameterLayout layout, int inputs, int outputs)
    {
        yield return new ScaleLayer(layout, inputs, rate: 6);
        for (var layer = 0; layer < Layers; layer++)
        {
            yield return new LinearLayer(layout, inputs, Width, ParameterRole.Weights, 1, 1 / Math.Sqrt(inputs), biasRate: 0.1, biasDeviation: 1, standardises: true);
            yield return new Bend(layout, Width, Activation, rate: 0.1);
            if (Dropout > 0)
                yield return new DropoutLayer(Width, Dropout);
            inputs = Width;
        }

        yield return new LinearLayer(layout, inputs, outputs, ParameterRole.Head, 1, 1 / Math.Sqrt(inputs), biasRate: 0.1);
    }
}
