using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Layers of weighted sums with a bend between them: the plain network for tables.</summary>
/// <remarks>
/// <c>h = bend(W h + b)</c>, <see cref="Layers"/> times, then a linear head. Weights begin normally distributed with variance 2 / inputs, biases at 0.
/// Source: Rumelhart, Hinton and Williams, Learning Representations by Back-propagating Errors, 1986, https://doi.org/10.1038/323533a0;
/// initialisation: He et al., Delving Deep into Rectifiers, 2015, sec. 2.2, https://arxiv.org/abs/1502.01852
/// </remarks>
[Method("mlp", Title = "Learning Representations by Back-propagating Errors", Authors = "Rumelhart, Hinton and Williams", Year = 1986,
    Link = "https://doi.org/10.1038/323533a0")]
public sealed record Mlp : Network
{
    /// <summary>How many hidden layers. In [0, 64], 0 for a linear model; default 2.</summary>
    [Range(1, 6, 2)]
    public int Layers { get; init; } = 2;

    /// <summary>How many numbers a hidden layer has. In [1, 65536]; default 128.</summary>
    [Range(16, 1024, 128, true)]
    public int Width { get; init; } = 128;

    /// <summary>The bend after each hidden layer; default <see cref="Activation.Relu"/>.</summary>
    [Choice(Activation.Relu, Activation.Silu, Activation.Tanh, Activation.Selu, Activation.Mish)]
    public Activation Activation { get; init; }

    /// <summary>The share of hidden numbers that is left out of a training step. In [0, 1); default 0.</summary>
    [Range(0.0, 0.5, 0.0)]
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InRange(Layers, 0, 64);
        Check.InRange(Width, 1, 65536);
        Check.Defined(Activation);
        Check.InHalfOpenRange(Dropout, 0, 1);
    }

    internal override Network WithoutDropout => this with { Dropout = 0 };

    private protected override IEnumerable<Layer> Trunk(ParameterLayout layout, int inputs, int outputs)
    {
        for (var layer = 0; layer < Layers; layer++)
        {
            yield return new LinearLayer(layout, inputs, Width, ParameterRole.Weights, Math.Sqrt(2.0 / inputs));
            yield return new Bend(Width, Activation);
            if (Dropout > 0)
                yield return new DropoutLayer(Width, Dropout);
            inputs = Width;
        }

        yield return new LinearLayer(layout, inputs, outputs, ParameterRole.Head, Math.Sqrt(1.0 / inputs));
    }
}
