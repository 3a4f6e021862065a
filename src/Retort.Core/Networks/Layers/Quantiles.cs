namespace Retort;

/// <summary>Quantiles of a sample's columns.</summary>
internal static class Quantiles
{
    /// <summary>One column of a matrix stored row by row, sorted.</summary>
    public static void Column(ReadOnlySpan<float> matrix, int width, int column, Span<float> sorted)
    {
        for (var row = 0; row < sorted.Length; row++)
            sorted[row] = matrix[row * width + column];
        sorted.Sort();
    }

    /// <summary>The quantile at a share in [0, 1], interpolated between neighbours.</summary>
    public static float Of(ReadOnlySpan<float> sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var rest = place - below;
        return rest == 0 ? sorted[below] : (float)(sorted[below] * (1 - rest) + sorted[below + 1] * rest);
    }
}
