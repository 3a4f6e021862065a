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

    /// <summary>The true class.</summary>
    public required int Label { get; init; }

    /// <summary>Where in the batch the row is.</summary>
    public required int Place { get; init; }
}
