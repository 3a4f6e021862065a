namespace Retort;

/// <summary>What a distillation asked for, and must have been handed.</summary>
internal static class Handed
{
    /// <summary>As many things as were asked for.</summary>
    /// <exception cref="ArgumentException">There are fewer or more.</exception>
    public static IReadOnlyList<T> All<T>(IReadOnlyList<T> things, int count, string name) =>
        things.Count == count ? things : throw Check.Wrong($"The number of {name}", $"be {count}", $"{things.Count}");

    /// <summary>The number of blocks that a head can stand on.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static int Blocks(TeachingShape shape, Distillation distillation) =>
        shape.Blocks.Count > 0 ? shape.Blocks.Count : throw new ArgumentException($"Network must have a hidden block for '{Methods.Of(distillation).Id}', but has none.");
}
