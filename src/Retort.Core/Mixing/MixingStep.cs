namespace Retort;

/// <summary>The rows that are to be mixed, and what they are drawn with.</summary>
/// <param name="All">All rows.</param>
/// <param name="Pairing">What <see cref="Mixing.Pair"/> made of them.</param>
/// <param name="Rows">The numbers of those to be mixed.</param>
/// <param name="Random">What is drawn from.</param>
internal sealed record MixingStep(MixingRows All, Pairing Pairing, long[] Rows, Generator Random)
{
    /// <summary>The share of the run that is done.</summary>
    public double Progress { get; init; }

    /// <summary>What the method remembers; empty outside a run.</summary>
    public PartState State { get; init; } = new();

    /// <summary>What the network loses on each row of a mixture, cross-entropy or squared error, without dropout. To be set where a method asks.</summary>
    public Func<RowMix, float[]> Losses { get; init; } = _ => throw new InvalidOperationException("A mixing that asks the network must be drawn in a run, but is not.");

    /// <summary>The numbers of rows, [rows, features], where the run computes. To be set where a method asks.</summary>
    public Func<long[], Tensor> Features { get; init; } = _ => throw new InvalidOperationException("A mixing that learns from rows must be drawn in a run, but is not.");

    /// <summary>Rows with partners and shares.</summary>
    /// <param name="share">Draws a share, which becomes that of the larger part.</param>
    /// <param name="block">As <see cref="RowMix.Block"/>.</param>
    public RowMix Pair(Func<double> share, int? block = null)
    {
        var (partners, places) = Pairing.Draw(Rows, Random);
        var shares = new float[Rows.Length];
        foreach (ref var one in shares.AsSpan())
            one = Larger(share());
        return new() { Rows = Rows, Partners = partners, Places = places, Shares = shares, Block = block };
    }

    /// <summary>Which categories of a mixture stay the row's own: each with its row's share as the probability; null where there are none.</summary>
    public bool[]? Kept(RowMix mix)
    {
        if (All.Columns == 0)
            return null;
        var kept = new bool[Rows.Length * All.Columns];
        for (var i = 0; i < kept.Length; i++)
            kept[i] = Random.Uniform() < mix.Shares[i / All.Columns];
        return kept;
    }

    private static float Larger(double share) => (float)Math.Max(share, 1 - share);
}
