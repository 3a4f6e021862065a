namespace Retort;

/// <summary>Where a run stands when a part is asked.</summary>
/// <param name="Epoch">The pass over the rows, from 1.</param>
/// <param name="Progress">The share of the run that is done, in [0, 1).</param>
/// <param name="Random">Random numbers for the parts of this run.</param>
public sealed record StepContext(int Epoch, double Progress, Generator Random)
{
    /// <summary>What the part remembers.</summary>
    public PartState State { get; init; } = new();

    /// <summary>Numbers that name each row of the logits from epoch to epoch, int64 [rows]; null outside a run, and for rows that are not trained on.</summary>
    public Tensor? Rows { get; init; }

    /// <summary>Which rows belong together, int64 [rows]; null where nobody said.</summary>
    public Tensor? Groups { get; init; }

    /// <summary>Of mixed rows, the numbers that name their partners, int64 [rows], and the rows' own shares, [rows]; null where rows are not mixed.</summary>
    internal (Tensor Partners, Tensor Shares)? Mixed { get; init; }

    /// <summary>How many rows of logits in a row belong to one example, one of each member of a network that has several; default 1.</summary>
    public int Members { get; init; } = 1;

    /// <summary>The first step of a run whose seed is 0, for calling a part by itself.</summary>
    public static StepContext First() => new(1, 0, new Generator(0));
}
