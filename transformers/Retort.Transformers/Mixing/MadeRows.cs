namespace Retort;

/// <summary>The rows of a mixed view: first those of the table, where they are kept, then mixed ones. Partners are drawn once, everything else of a mixed row from a stream of its own.</summary>
internal sealed class MadeRows
{
    private readonly Mixing _mixing;
    private readonly MixingRows _all;
    private readonly int[] _labelled, _rows, _partners;
    private readonly int _originals, _twins;
    private readonly ulong _seed;

    /// <param name="mixing">How rows are mixed.</param>
    /// <param name="labels">Which.</param>
    /// <param name="all">The same, as the mixing sees them.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="keepsOriginal">Whether the rows of the table come first.</param>
    /// <param name="seeds">Where chance comes from.</param>
    public MadeRows(Mixing mixing, MixedLabels labels, MixingRows all, int wanted, bool keepsOriginal, Seeds seeds)
    {
        (_mixing, _all, _labelled, _seed) = (mixing, all, labels.Rows, seeds.For("mixed rows"));
        (_originals, _twins) = (keepsOriginal ? labels.All : 0, labels.Classes.Length > 0 ? 2 : 1);
        (_rows, _partners) = (new int[wanted], new int[wanted]);
        var (pairing, random, count) = (mixing.Pair(all), seeds.Stream("partners"), labels.Rows.Length);
        for (var made = 0; made < wanted; made += count)
        {
            long[] rows = wanted - made >= count ? [.. Enumerable.Range(0, count).Select(row => (long)row)] : [.. random.Permutation(count).Take(wanted - made).Order()];
            var (partners, _) = pairing.Draw(rows, random);
            for (var i = 0; i < rows.Length; i++)
                (_rows[made + i], _partners[made + i]) = ((int)rows[i], (int)partners[i]);
        }
    }

    public long Count => _originals + (long)_twins * _rows.Length;

    /// <summary>Goes to a row.</summary>
    public void Go(long row, MadeRow made)
    {
        if (row < _originals)
        {
            (made.Row, made.Partner, made.Mix, made.IsTwin) = ((int)row, (int)row, null, false);
            return;
        }

        var number = (int)((row - _originals) / _twins);
        (made.Row, made.Partner) = (_labelled[_rows[number]], _labelled[_partners[number]]);
        (made.Mix, made.IsTwin) = (Draw(number), (row - _originals) % _twins == 1);
    }

    private RowMix Draw(int number)
    {
        var (random, row, partner) = (new Generator(_seed + (ulong)number), (long)_rows[number], (long)_partners[number]);
        return _mixing.Probability < 1 && random.Uniform() >= _mixing.Probability
            ? new() { Rows = [row], Partners = [partner], Shares = [1] }
            : _mixing.Draw(new(_all, new Given(partner), [row], random));
    }

    private sealed class Given(long partner) : Pairing
    {
        public override (long[] Partners, int[]? Places) Draw(ReadOnlySpan<long> rows, Generator random) => ([partner], null);
    }
}
