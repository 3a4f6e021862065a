namespace Retort;

/// <summary>How the partners of rows are chosen.</summary>
internal abstract class Pairing
{
    /// <summary>A partner for each row.</summary>
    /// <param name="rows">The numbers of the rows among all.</param>
    /// <param name="random">What is drawn from.</param>
    /// <returns>The partners' numbers among all rows, and where in <paramref name="rows"/> they stand, each place once; null where they may be other rows.</returns>
    public abstract (long[] Partners, int[]? Places) Draw(ReadOnlySpan<long> rows, Generator random);
}

/// <summary>The rows of a step in another random order, within their kinds; a row may be its own partner.</summary>
internal sealed class StepPairing(MixingRows all) : Pairing
{
    public override (long[] Partners, int[]? Places) Draw(ReadOnlySpan<long> rows, Generator random)
    {
        var (partners, places) = (new long[rows.Length], new int[rows.Length]);
        var order = random.Permutation(rows.Length);
        if (all.Kinds.Length == 0)
        {
            for (var i = 0; i < places.Length; i++)
                places[i] = (int)order[i];
        }
        else
        {
            // the places of a kind, as they come in the random order, become the partners of those in the order of the step
            Span<int> counts = stackalloc int[256];
            counts.Clear();
            foreach (var row in rows)
                counts[all.Kinds[row]]++;
            Span<int> starts = stackalloc int[256];
            for (var kind = 1; kind < 256; kind++)
                starts[kind] = starts[kind - 1] + counts[kind - 1];
            var (ordered, next) = (new int[rows.Length], starts.ToArray());
            foreach (var place in order)
                ordered[next[all.Kinds[rows[(int)place]]]++] = (int)place;
            for (var i = 0; i < places.Length; i++)
                places[i] = ordered[starts[all.Kinds[rows[i]]]++];
        }

        for (var i = 0; i < places.Length; i++)
            partners[i] = rows[places[i]];
        return (partners, places);
    }
}
