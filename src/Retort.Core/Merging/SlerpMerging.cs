using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Two models' weights, mixed along the arc between their directions, so that the length does not shrink as a mean's does.</summary>
/// <remarks>
/// Layer by layer, with <c>ω</c> the angle between the two models' weights of a layer: <c>(sin((1 - t) ω) θ_1 + sin(t ω) θ_2) / sin ω</c>; a straight line where the directions are the same or opposite,
/// or one of them has no length. Two models exactly.
/// Source: Shoemake, Animating Rotation with Quaternion Curves, 1985, sec. 3.3, https://doi.org/10.1145/325165.325242, as it is used on weights: a layer at a time, as each has its own angle.
/// Where models share a start their angle is small and this is the plain mean in all but the last digits; use it where they do not differ by little.
/// </remarks>
[Method("slerp", Title = "Animating Rotation with Quaternion Curves", Authors = "Shoemake", Year = 1985, Link = "https://doi.org/10.1145/325165.325242")]
public sealed record SlerpMerging : Merging
{
    private const double LeastSine = 1e-6;

    /// <summary>How far along the arc: 0 is the first model, 1 the second. In [0, 1]; default 0.5.</summary>
    [Range(0.0, 1.0, 0.5)]
    public double Position { get; init; } = 0.5;

    internal override int MostModels => 2;

    /// <inheritdoc/>
    public override void Validate() => Check.InRange(Position, 0, 1);

    internal override double[] Shares(int models) => models == 1 ? [1] : [1 - Position, Position];

    internal override float[] Merge(IReadOnlyList<float[]> models, MergeContext context)
    {
        if (models.Count == 1)
            return [.. models[0]];
        var merged = new float[models[0].Length];
        foreach (var slot in context.Layout.Slots)
        {
            var one = models[0].AsSpan(slot.Offset, slot.Count);
            var other = models[1].AsSpan(slot.Offset, slot.Count);
            var (first, second) = Factors(one, other);
            for (var i = 0; i < slot.Count; i++)
                merged[slot.Offset + i] = (float)(first * one[i] + second * other[i]);
        }

        return merged;
    }

    private (double First, double Second) Factors(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var (dot, squares, others) = (0.0, 0.0, 0.0);
        for (var i = 0; i < one.Length; i++)
            (dot, squares, others) = (dot + (double)one[i] * other[i], squares + (double)one[i] * one[i], others + (double)other[i] * other[i]);
        var angle = Math.Acos(Math.Clamp(dot / Math.Sqrt(squares * others), -1, 1));
        var sine = Math.Sin(angle);
        return sine > LeastSine ? (Math.Sin((1 - Position) * angle) / sine, Math.Sin(Position * angle) / sine) : (1 - Position, Position); // NaN, where a length is 0, is not more
    }
}
