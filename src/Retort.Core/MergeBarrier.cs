using System.Globalization;

namespace Retort;

/// <summary>What lies on the straight way between two networks' weights: whether their mean can be any good.</summary>
/// <remarks>
/// The log-loss, in regression the root of the mean squared error, on the rows given, at evenly spaced places from the first network to the second; beside it that after the second one's units are brought into the first one's order
/// (<see cref="WeightMatching"/>). A barrier is how far a loss on the way lies above the line between the two ends, at most; 0 where none does.
/// </remarks>
public sealed record MergeBarrier
{
    /// <summary>A barrier below this share of the mean loss of the ends is taken for none.</summary>
    public const double Tolerance = 0.05;

    internal MergeBarrier(IReadOnlyList<double> losses, IReadOnlyList<double>? alignedLosses) =>
        (Losses, AlignedLosses) = (ValueList.Of<double>([.. losses]), alignedLosses is null ? null : ValueList.Of<double>([.. alignedLosses]));

    /// <summary>The loss at evenly spaced places, the first network first.</summary>
    public ValueList<double> Losses { get; }

    /// <summary>The same way to the second network with its units in the first one's order; null for networks whose units cannot be matched.</summary>
    public ValueList<double>? AlignedLosses { get; }

    /// <summary>The barrier between the two networks.</summary>
    public double Height => HeightOf(Losses);

    /// <summary>The barrier after their units are brought into one order; NaN where that cannot be.</summary>
    public double AlignedHeight => AlignedLosses is null ? double.NaN : HeightOf(AlignedLosses);

    /// <summary>Whether the two can be averaged as they are.</summary>
    public bool CanBeAveraged => Height <= Bound;

    /// <summary>Whether they can be averaged once their units are in one order.</summary>
    public bool CanBeAligned => AlignedHeight <= Bound;

    /// <summary>What to do, in a sentence.</summary>
    public string Advice => CanBeAveraged ? "The networks can be averaged as they are."
        : CanBeAligned ? "The networks can be averaged by WeightMatching, which brings their units into one order."
        : "The networks should not be averaged: train one from scratch that both teach (Teacher.Average), or train both from one start.";

    private double Bound => Tolerance * (Losses[0] + Losses[^1]) / 2;

    /// <summary>The losses and the advice, the same in every culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Barrier {Height:G4} between losses of {Losses[0]:G4} and {Losses[^1]:G4}, {AlignedHeight:G4} after alignment. {Advice}");

    private static double HeightOf(ValueList<double> losses) =>
        Math.Max(0, losses.Select((loss, i) => i / (losses.Count - 1.0) is var share ? loss - ((1 - share) * losses[0] + share * losses[^1]) : 0).Max());
}
