namespace Retort;

/// <summary>Partners by the similarity of labels, of all rows of the same kind; among rows without labels any.</summary>
internal sealed class SimilarLabels : Pairing
{
    private readonly MixingRows _all;
    private readonly Dictionary<byte, (int[] Rows, LabelPairing Pairing)> _kinds = [];
    private readonly int[] _places;

    /// <param name="all">The rows, with values.</param>
    /// <param name="bandwidth">As <see cref="CMixup.Bandwidth"/>.</param>
    public SimilarLabels(MixingRows all, double bandwidth)
    {
        (_all, _places) = (all, new int[all.Rows]);
        foreach (var kind in Enumerable.Range(0, (int)all.Rows).GroupBy(Kind))
        {
            int[] rows = [.. kind];
            for (var place = 0; place < rows.Length; place++)
                _places[rows[place]] = place;
            var labels = Array.ConvertAll(rows, row => (double)all.Values[row]);
            if (labels.Any(double.IsNaN))
                Array.Clear(labels);
            _kinds[kind.Key] = (rows, new(labels, bandwidth));
        }
    }

    public override (long[] Partners, int[]? Places) Draw(ReadOnlySpan<long> rows, Generator random)
    {
        var partners = new long[rows.Length];
        var asked = rows.ToArray();
        foreach (var places in Enumerable.Range(0, asked.Length).GroupBy(i => Kind((int)asked[i])).OrderBy(group => group.Key))
        {
            var (known, pairing) = _kinds[places.Key];
            int[] own = [.. places];
            var drawn = pairing.Draw(Array.ConvertAll(own, i => _places[asked[i]]), random);
            for (var i = 0; i < own.Length; i++)
                partners[own[i]] = known[drawn[i]];
        }

        return (partners, null);
    }

    private byte Kind(int row) => _all.Kinds.Length == 0 ? (byte)0 : _all.Kinds[row];
}
