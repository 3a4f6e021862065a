namespace Retort;

/// <summary>One column of categories, each as far from any other: group sums over one sorted pass.</summary>
internal sealed class CategorySpace : ProtectedSpace
{
    private readonly int[] _categories;
    private readonly double[] _shares;
    private readonly double _distance;

    /// <param name="categories">Numbers from 0, one a row.</param>
    /// <param name="count">How many there may be.</param>
    /// <param name="distance">How far two of them are apart.</param>
    /// <param name="centring">How rows count.</param>
    public CategorySpace(int[] categories, int count, double distance, Centring centring) : base(centring)
    {
        (_categories, _distance, _shares) = (categories, distance, new double[count]);
        for (var i = 0; i < categories.Length; i++)
            _shares[categories[i]] += centring.Weights[i];
        if (_shares.Count(share => share > 0) < 2)
            _distance = 0; // else what sums lose would be left
        Sums = new double[categories.Length];
        for (var i = 0; i < Sums.Length; i++)
        {
            Sums[i] = _distance * (centring.Total - _shares[categories[i]]);
            Total += centring.Weights[i] * Sums[i];
        }
    }

    public override double Squares => _distance * Total;

    public override void SignedSums(SortedRows sorted, Span<double> signed)
    {
        // each row's twofold sum of weights below it less all, and the same among its own category
        var (below, own, rows) = (0.0, new double[_shares.Length], sorted.Rows);
        for (int start = 0, end; start < rows.Length; start = end)
        {
            end = sorted.End(start);
            var lower = below;
            for (var i = start; i < end; i++)
            {
                var row = rows[i];
                signed[row] = own[_categories[row]];
                below += Centring.Weights[row];
            }

            for (var i = start; i < end; i++)
                own[_categories[rows[i]]] += Centring.Weights[rows[i]];
            for (var i = start; i < end; i++)
            {
                var (row, category) = (rows[i], _categories[rows[i]]);
                signed[row] = _distance * (lower + below - Centring.Total - (signed[row] + own[category] - _shares[category]));
            }
        }
    }
}
