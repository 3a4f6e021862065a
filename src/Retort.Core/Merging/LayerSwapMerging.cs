using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The first and last layers of one model around the middle layers of another.</summary>
/// <remarks>
/// Layers are counted by their matrices: a layer is a matrix with the biases and scales that follow it, and what lies before the first matrix belongs to the first layer. The first <see cref="Bottom"/> and last
/// <see cref="Top"/> layers are those of the first model, the rest those of the second; <see cref="Transition"/> layers on either side of a seam, towards the middle, are the mean of both. Two models exactly.
/// Source: Bandarkar et al., Layer Swapping for Zero-Shot Cross-Lingual Transfer in Large Language Models, 2025, sec. 3, https://arxiv.org/abs/2410.01335.
/// All evidence is from language models of dozens of layers; of networks for tables, with two or three, no benefit is known: both should at least share a start.
/// </remarks>
[Method("layer-swap", Title = "Layer Swapping for Zero-Shot Cross-Lingual Transfer in Large Language Models", Authors = "Bandarkar et al.", Year = 2025, Link = "https://arxiv.org/abs/2410.01335")]
public sealed record LayerSwapMerging : Merging
{
    /// <summary>How many layers from the input on are those of the first model. At least 0; default 1.</summary>
    [Range(0, 4, 1)]
    public int Bottom { get; init; } = 1;

    /// <summary>How many layers up to the output are those of the first model. At least 0; default 1.</summary>
    [Range(0, 4, 1)]
    public int Top { get; init; } = 1;

    /// <summary>How many layers next to a seam are the mean of both. At least 0; default 0.</summary>
    [Range(0, 2, 0)]
    public int Transition { get; init; }

    internal override int MostModels => 2;

    internal override double[] Shares(int models) => models == 1 ? [1] : [1, 0]; // what lies before the first matrix

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.AtLeast(Bottom, 0);
        Check.AtLeast(Top, 0);
        Check.AtLeast(Transition, 0);
    }

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context)
    {
        if (models.Count == 1)
            return [.. models[0]];
        var merged = new float[models[0].Length];
        var matrices = context.Layout.Slots.Count(IsMatrix);
        if (Bottom + Top >= matrices)
            throw Check.Wrong("Bottom and Top together", $"be less than the networks' {matrices} layers, so that the second model has any", $"{Bottom + Top}");
        var layer = -1;
        foreach (var slot in context.Layout.Slots)
        {
            if (IsMatrix(slot))
                layer++;
            var second = Second(Math.Max(layer, 0), matrices);
            for (var i = slot.Offset; i < slot.Offset + slot.Count; i++)
                merged[i] = second == 0.5 ? (float)(0.5 * models[0][i] + 0.5 * models[1][i]) : models[(int)second][i];
        }

        return merged;
    }

    private static bool IsMatrix(ParameterSlot slot) => slot.Role is ParameterRole.Weights or ParameterRole.Head;

    /// <summary>The share of the second model in a layer.</summary>
    private double Second(int layer, int layers)
    {
        var (above, below) = (layer - Bottom, layers - Top - 1 - layer); // how far into the middle, from either seam
        if (above < 0 || below < 0)
            return 0;
        return Bottom > 0 && above < Transition || Top > 0 && below < Transition ? 0.5 : 1;
    }
}
