namespace Retort;

/// <summary>What a distillation asked for, and must have been handed.</summary>
internal static class Handed
{
    /// <summary>As many tensors as were asked for.</summary>
    /// <exception cref="ArgumentException">There are fewer or more.</exception>
    public static IReadOnlyList<Tensor> All(IReadOnlyList<Tensor> tensors, int count, string name) =>
        tensors.Count == count ? tensors : throw Check.Wrong($"The number of {name}", $"be {count}", $"{tensors.Count}");

    /// <summary>The number of blocks that a head can stand on.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static int Blocks(TeachingShape shape, Distillation distillation) =>
        shape.Blocks.Count > 0 ? shape.Blocks.Count : throw new ArgumentException($"Network must have a hidden block for '{Methods.Of(distillation).Id}', but has none.");
}
