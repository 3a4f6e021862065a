namespace Retort;

/// <summary>One column of categories, each as far from any other: group sums over one sorted pass.</summary>
internal sealed class CategorySpace : ProtectedSpace
{
    private readonly int[] _categories;
    private readonly double[] _shares, _sums; // of each category
    private readonly double _distance;

    /// <param name="categories">Numbers from 0, one a row.</param>
    /// <param name="count">How many there may be.</param>
    /// <param name="distance">How far two of them are apart.</param>
    /// <param name="centring">How rows count.</param>
    public CategorySpace(int[] categories, int count, double distance, Centring centring) : base(centring)
    {
        (_categories, _shares, _sums) = (categories, new double[count], new double[count]);
        for (var row = 0; row < categories.Length; row++)
            _shares[categories[row]] += centring.Of(row);
        _distance = _shares.Count(share => share > 0) > 1 ? distance : 0; // else what sums lose would be left
        for (var category = 0; category < count; category++)
        {
            _sums[category] = _distance * (centring.Total - _shares[category]);
            Total += _shares[category] * _sums[category];
        }
    }

    public override double Squares => _distance * Total;

    protected override double[] EachSum() => [.. _categories.Select(category => _sums[category])];

    public override void SignedSums(SortedRows sorted, Span<double> signed, Span<double> sums)
    {
        // each row's sum of weights below and up to it less all, among all rows and among its own category
        var (below, own, rows, categories) = (0.0, new double[_shares.Length], sorted.Rows, SortedRows.Gathered(_categories, sorted.Rows));
        for (int start = 0, end; start < rows.Length; start = end)
        {
            end = sorted.End(start);
            var lower = below;
            for (var i = start; i < end; i++)
            {
                var category = categories[i];
                (signed[i], sums[i]) = (own[category], _sums[category]);
                below += Centring.Of(rows[i]);
            }

            for (var i = start; i < end; i++)
                own[categories[i]] += Centring.Of(rows[i]);
            for (var i = start; i < end; i++)
            {
                var category = categories[i];
                signed[i] = _distance * (lower + below - Centring.Total - (signed[i] + own[category] - _shares[category]));
            }
        }
    }
}
