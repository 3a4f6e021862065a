namespace Retort;

/// <summary>What a network and its teacher say of one row, each [classes], at one temperature.</summary>
internal readonly ref struct TaughtRow
{
    /// <summary>The logarithms of the network's probabilities.</summary>
    public required ReadOnlySpan<double> LogOwn { get; init; }

    /// <summary>The network's probabilities.</summary>
    public required ReadOnlySpan<double> Own { get; init; }

    /// <summary>The logarithms of the teacher's probabilities.</summary>
    public required ReadOnlySpan<double> LogWanted { get; init; }

    /// <summary>The teacher's probabilities.</summary>
    public required ReadOnlySpan<double> Wanted { get; init; }

    /// <summary>The gradient at the network's logits, to be written.</summary>
    public required Span<double> Slope { get; init; }

    /// <summary>The true class; of a mixed row that of its larger part.</summary>
    public required int Label { get; init; }

    /// <summary>The class that a row is mixed with; the true one where it is not.</summary>
    public required int Partner { get; init; }

    /// <summary>The share of <see cref="Label"/>.</summary>
    public required double LabelShare { get; init; }

    /// <summary>The probability of a class by the labels.</summary>
    public double Target(int i) => (i == Label ? LabelShare : 0) + (i == Partner ? 1 - LabelShare : 0);

    /// <summary>Where in the batch the row is.</summary>
    public required int Place { get; init; }
}
