namespace Retort;

/// <summary>Any protected columns, by the m different points that their rows are: O(n m) time, O(n + m) memory beside a table of the pairs where it is small.</summary>
internal sealed class PointSpace : ProtectedSpace
{
    private const int TableSize = 1 << 21;

    private readonly PointPairs _pairs;
    private readonly int[] _points;
    private readonly double[] _shares, _whole; // each point's weight, and its weighted sum over all rows
    private readonly double[]? _table;
    private readonly double[] _row, _sums;

    /// <param name="pairs">The number of each pair of points.</param>
    /// <param name="points">The point of each row.</param>
    /// <param name="centring">How rows count.</param>
    public PointSpace(PointPairs pairs, int[] points, Centring centring) : base(centring)
    {
        (_pairs, _points, _row) = (pairs, points, new double[pairs.Count]);
        (_shares, _whole) = (new double[pairs.Count], new double[pairs.Count]);
        _table = (long)pairs.Count * pairs.Count <= TableSize ? new double[pairs.Count * pairs.Count] : null;
        for (var row = 0; row < points.Length; row++)
            _shares[points[row]] += centring.Weights[row];

        var own = new double[pairs.Count]; // of a row with itself, which the statistic without bias leaves out
        var square = new double[pairs.Count];
        for (var point = 0; point < pairs.Count; point++)
        {
            var numbers = _table is null ? _row : _table.AsSpan(point * pairs.Count, pairs.Count);
            pairs.Row(point, numbers);
            _whole[point] = TensorPrimitives.Dot<double>(numbers, _shares);
            own[point] = centring.Statistic == DistanceStatistic.U ? numbers[point] : 0;
            TensorPrimitives.Multiply<double>(numbers, numbers, square);
            Squares += _shares[point] * (TensorPrimitives.Dot<double>(square, _shares) - own[point] * own[point]);
        }

        _sums = new double[pairs.Count];
        for (var point = 0; point < pairs.Count; point++)
        {
            _sums[point] = _whole[point] - own[point];
            Total += _shares[point] * _sums[point];
        }
    }

    public override double Squares { get; }

    public int Points => _pairs.Count;

    public int Point(int row) => _points[row];

    /// <summary>The numbers of a point with all points.</summary>
    public ReadOnlySpan<double> Row(int point)
    {
        if (_table is not null)
            return _table.AsSpan(point * Points, Points);
        _pairs.Row(point, _row);
        return _row;
    }

    public override void SignedSums(SortedRows sorted, Span<double> signed, Span<double> sums)
    {
        var (below, rows) = (new double[Points], sorted.Rows); // each point's weighted sum over the rows so far
        for (int start = 0, end; start < rows.Length; start = end)
        {
            end = sorted.End(start);
            for (var i = start; i < end; i++)
                signed[i] = below[_points[rows[i]]];
            for (var i = start; i < end; i++)
                TensorPrimitives.MultiplyAdd(Row(_points[rows[i]]), Centring.Of(rows[i]), below, below);
            for (var i = start; i < end; i++)
            {
                var point = _points[rows[i]];
                signed[i] += below[point] - _whole[point];
                sums[i] = _sums[point];
            }
        }
    }

    protected override double[] EachSum() => [.. _points.Select(point => _sums[point])];
}
