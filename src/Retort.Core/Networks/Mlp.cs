using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Layers of weighted sums with a bend between them: the plain network for tables.</summary>
/// <remarks>
/// <c>h = bend(W h + b)</c>, <see cref="Layers"/> times, then a linear head. A category column becomes <see cref="EmbeddingWidth"/> learned
/// numbers a category, beside the features. Expects normalised features. Weights begin normally distributed with variance 2 / inputs, biases at 0.
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
    [Choice(Activation.Relu, Activation.Silu, Activation.Tanh)]
    public Activation Activation { get; init; }

    /// <summary>The share of hidden numbers that is left out of a training step. In [0, 1); default 0.</summary>
    [Range(0.0, 0.5, 0.0)]
    public double Dropout { get; init; }

    /// <summary>How many learned numbers stand for a category. In [1, 4096]; default 8.</summary>
    [Range(2, 64, 8, true)]
    public int EmbeddingWidth { get; init; } = 8;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.InRange(Layers, 0, 64);
        Check.InRange(Width, 1, 65536);
        Check.Defined(Activation);
        Check.InHalfOpenRange(Dropout, 0, 1);
        Check.InRange(EmbeddingWidth, 1, 4096);
    }

    internal override ParameterLayout Layout(NetworkShape shape)
    {
        var layout = new ParameterLayout();
        foreach (var cardinality in shape.Cardinalities)
            layout.Add(ParameterRole.Table, [cardinality + 1L, EmbeddingWidth], 1 / Math.Sqrt(EmbeddingWidth), zeroRows: 1); // an unseen category says nothing
        var inputs = InputWidth(shape);
        for (var layer = 0; layer <= Layers; layer++)
        {
            var (outputs, gain) = layer < Layers ? (Width, 2.0) : (shape.Outputs, 1.0);
            layout.Add(layer < Layers ? ParameterRole.Weights : ParameterRole.Head, [outputs, inputs], Math.Sqrt(gain / inputs));
            layout.Add(ParameterRole.Biases, [outputs]);
            inputs = outputs;
        }

        return layout;
    }

    internal override Tensor Forward(IReadOnlyList<Tensor> layers, NetworkShape shape, Tensor features, Tensor? categories, Generator? dropout)
    {
        var hidden = Inputs(layers, shape, features, categories);
        for (var layer = shape.Cardinalities.Count; layer < layers.Count - 2; layer += 2)
        {
            hidden = Bend(nn.functional.linear(hidden, layers[layer], layers[layer + 1]));
            if (Dropout > 0 && dropout is not null)
                hidden = hidden * (hidden.device_type == DeviceType.CPU ? Memory.Copy(Mask(hidden.numel(), dropout)).to_type(hidden.dtype).view(hidden.shape) : Masks.There(hidden, Dropout, dropout));
        }

        return nn.functional.linear(hidden, layers[^2], layers[^1]);
    }

    internal override void ForwardRow(
        ParameterLayout layout, NetworkShape shape, ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> outputs)
    {
        var widest = Math.Max(InputWidth(shape), Layers > 0 ? Width : 0);
        var rented = ArrayPool<float>.Shared.Rent(2 * widest);
        var current = rented.AsSpan(0, widest);
        var next = rented.AsSpan(widest, widest);

        features.CopyTo(current);
        for (var column = 0; column < categories.Length; column++)
            layout.Of(column, parameters).Slice((int)categories[column] * EmbeddingWidth, EmbeddingWidth).CopyTo(current[(shape.Features + column * EmbeddingWidth)..]);

        var width = InputWidth(shape);
        for (var slot = shape.Cardinalities.Count; slot < layout.Slots.Count; slot += 2)
        {
            var isHead = slot == layout.Slots.Count - 2;
            var weights = layout.Of(slot, parameters);
            var biases = layout.Of(slot + 1, parameters);
            var results = isHead ? outputs : next;
            for (var i = 0; i < biases.Length; i++)
            {
                var sum = biases[i] + Dot(weights.Slice(i * width, width), current[..width]);
                results[i] = isHead ? sum : Bend(sum);
            }

            width = biases.Length;
            var swap = current;
            current = next;
            next = swap;
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    internal override Backprop Train(NetworkShape shape, Tensor parameters, Tensor gradients) => parameters.dtype == float64
        ? new MlpBackprop<double>(this, shape, parameters, gradients)
        : new MlpBackprop<float>(this, shape, parameters, gradients);

    private int InputWidth(NetworkShape shape) => checked(shape.Features + shape.Cardinalities.Count * EmbeddingWidth);

    private static Tensor Inputs(IReadOnlyList<Tensor> layers, NetworkShape shape, Tensor features, Tensor? categories)
    {
        if (shape.Cardinalities.Count == 0)
            return features;
        var embedded = Enumerable.Range(0, shape.Cardinalities.Count).Select(column => layers[column].index_select(0, categories!.select(1, column)));
        return cat([features, .. embedded], 1);
    }

    private Tensor Bend(Tensor sums) => Activation switch
    {
        Activation.Relu => sums.relu(),
        Activation.Silu => sums.silu(),
        _ => sums.tanh(),
    };

    private float Bend(float sum) => Activation switch
    {
        Activation.Relu => MathF.Max(sum, 0),
        Activation.Silu => sum / (1 + MathF.Exp(-sum)),
        _ => MathF.Tanh(sum),
    };

    /// <summary>0 for what is left out; what is kept is scaled up, so that scoring needs no correction.</summary>
    internal float[] Mask(long count, Generator random)
    {
        var mask = new float[count];
        var scale = (float)(1 / (1 - Dropout));
        for (var i = 0; i < mask.Length; i++)
            mask[i] = random.Uniform() < Dropout ? 0 : scale;
        return mask;
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var lefts = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rights = MemoryMarshal.Cast<float, Vector<float>>(right);
        var (sum0, sum1) = (Vector<float>.Zero, Vector<float>.Zero);
        var i = 0;
        for (; i + 1 < lefts.Length; i += 2)
        {
            sum0 += lefts[i] * rights[i];
            sum1 += lefts[i + 1] * rights[i + 1];
        }

        if (i < lefts.Length)
            sum0 += lefts[i] * rights[i];
        var sum = Vector.Sum(sum0 + sum1);
        for (i = lefts.Length * Vector<float>.Count; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }
}
