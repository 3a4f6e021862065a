using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>Sets of classes, or intervals of values, that hold the truth as often as promised, whatever the model: learned on rows that the model has not seen.</summary>
/// <remarks>
/// Split conformal prediction: each held-out row gets a score, the higher the stranger, and what a new row's set lets in is bounded by the <c>ceil((n + 1) Coverage)</c>-th smallest of the n scores. If the
/// held-out rows and the new one could as well stand in any other order, the set holds the truth with probability at least <see cref="Coverage"/>, and at most 1 / (n + 1) more where no two scores are
/// equal; on average over all rows, not for each kind of row. Where the rows are too few, n below Coverage / (1 - Coverage), only everything is safe: all classes, the infinite interval.
/// </remarks>
public abstract record Conformal : Part
{
    /// <summary>How often the truth is within, at least. In (0, 1); default 0.9.</summary>
    [Range(0.5, 0.99, 0.9)]
    public double Coverage { get; init; } = 0.9;

    /// <inheritdoc/>
    public override void Validate() => Check.InRange(Coverage, 1e-6, 1 - 1e-6);

    /// <summary>The score that no member of a set may exceed; infinite where the scores are too few.</summary>
    internal static double Threshold(double[] scores, double coverage)
    {
        var rank = Math.Ceiling((scores.Length + 1) * coverage - 1e-9); // rounding must not ask for one more
        if (rank > scores.Length)
            return double.PositiveInfinity;
        var sorted = (double[])scores.Clone();
        Array.Sort(sorted);
        return sorted[Math.Max((int)rank, 1) - 1];
    }
}
