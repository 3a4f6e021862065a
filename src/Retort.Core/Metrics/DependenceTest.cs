namespace Retort;

/// <summary>Distance covariance of scores and a protected column, with a permutation test that sorts nothing anew.</summary>
internal sealed class DependenceTest
{
    /// <summary>Permutations of a column of numbers use no more rows than this.</summary>
    public const int MostRows = 20_000;

    private readonly GroupDependence _found;
    private readonly GroupChance _chance;
    private readonly Side? _tested;
    private readonly SortedRows[] _sorted = []; // each score of the tested rows
    private readonly double[][] _scores = [];
    private readonly double[] _variances = [];
    private readonly int[] _to = [];
    private readonly Generator _random;

    /// <param name="scores">One array for each score, [rows].</param>
    /// <param name="numbers">The column's numbers [rows]; null for groups.</param>
    /// <param name="groups">The group of each row.</param>
    /// <param name="groupCount">How many groups there may be.</param>
    /// <param name="weights">[rows], more than 0; null where all count alike.</param>
    /// <param name="classes">Whose scores these are; null where there is one.</param>
    /// <param name="permutations">How many there will be.</param>
    /// <param name="random">Where draws of rows and orders come from.</param>
    public DependenceTest(double[][] scores, double[]? numbers, int[] groups, int groupCount, double[]? weights, IReadOnlyList<string>? classes, int permutations, Generator random)
    {
        var count = groups.Length;
        (_random, _scores) = (random, scores);
        if (count == 0)
        {
            (_found, _chance) = (new(classes?[0], double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, 0, 0), new([double.NaN], 0));
            return;
        }

        _tested = new(numbers, groups, groupCount, weights);
        var correlations = scores.Select(_tested.Correlation).ToArray();
        _chance = new(correlations, permutations);
        var own = scores[_chance.Worst];
        var isEven = weights is null || !weights.AsSpan().ContainsAnyExcept(weights[0]);
        var unbiased = count >= 4 && isEven ? new Side(numbers, groups, groupCount, null, isUnbiased: true).Covariance(own) : double.NaN;
        var testedRows = numbers is null ? count : Math.Min(count, MostRows);
        _found = new(classes?[_chance.Worst], _tested.Covariance(own), unbiased, correlations[_chance.Worst], double.NaN, double.NaN, count, testedRows);
        if (testedRows < count)
        {
            var rows = Drawn(count, testedRows, random);
            _scores = [.. scores.Select(score => SortedRows.Gathered(score, rows))];
            _tested = new(SortedRows.Gathered(numbers!, rows), SortedRows.Gathered(groups, rows), groupCount, weights is null ? null : SortedRows.Gathered(weights, rows));
            _chance = new([.. _scores.Select(_tested.Correlation)], permutations);
        }

        if (permutations == 0)
            return;
        (_sorted, _variances) = ([.. _scores.Select(_tested.Sort)], [.. _scores.Select(_tested.Variance)]);
        _to = [.. Enumerable.Range(0, testedRows)];
    }

    /// <summary>What was found.</summary>
    public GroupDependence Result => _found with { Floor = _chance.Floor, PValue = _chance.PValue };

    /// <summary>Deals the scores to other rows.</summary>
    /// <param name="to">The row that each row's scores go to; where it is of other rows than are tested, an order is drawn.</param>
    public void Permute(int[] to)
    {
        if (_tested is null)
            return;
        if (to.Length != _to.Length)
            GroupChance.Shuffle(_random, to = _to);
        _chance.Add([.. _sorted.Select((own, score) => _tested.Correlation(own, to, _tested.IsEven ? _variances[score] : _tested.Variance(_scores[score], to)))]);
    }

    private static int[] Drawn(int count, int size, Generator random)
    {
        int[] rows = [.. Enumerable.Range(0, count)];
        for (var i = 0; i < size; i++)
        {
            var j = i + (int)random.Below(count - i);
            (rows[i], rows[j]) = (rows[j], rows[i]);
        }

        Array.Resize(ref rows, size);
        Array.Sort(rows);
        return rows;
    }

    /// <summary>The protected side of the covariance.</summary>
    private sealed class Side
    {
        private readonly Centring _centring;
        private readonly ProtectedSpace _space;
        private readonly double[] _slope; // what gradients are written to
        private readonly double _variance;

        public Side(double[]? numbers, int[] groups, int groupCount, double[]? weights, bool isUnbiased = false)
        {
            var even = new double[groups.Length];
            Array.Fill(even, 1);
            _centring = isUnbiased ? Centring.U(groups.Length) : Centring.V(weights ?? even);
            _space = numbers is null ? new CategorySpace(groups, groupCount, 1, _centring) : new NumberSpace(numbers, 1, _centring);
            (_slope, _variance) = (new double[groups.Length], _space.Variance);
        }

        /// <summary>Whether all rows count alike: then scores vary alike, whichever row has which.</summary>
        public bool IsEven => _centring.Same > 0;

        public SortedRows Sort(double[] scores) => _space.Sort(scores);

        public double Covariance(double[] scores) => DistanceMeasure.Covariance(scores, 1, _space, _centring, _slope);

        public double Variance(double[] scores) => DistanceMeasure.Variance(scores, 1, _centring, _slope);

        public double Correlation(double[] scores) => Root(Covariance(scores), Variance(scores));

        public double Correlation(SortedRows sorted, int[] to, double variance) => Root(DistanceMeasure.Covariance(_space.Moved(sorted, to), _space, _centring, _slope), variance);

        public double Variance(double[] scores, int[] to)
        {
            var moved = new double[scores.Length];
            for (var row = 0; row < moved.Length; row++)
                moved[to[row]] = scores[row];
            return Variance(moved);
        }

        private double Root(double covariance, double variance) =>
            variance <= 0 || _variance <= 0 ? 0 : Math.Min(Math.Sqrt(Math.Max(covariance, 0) / (Math.Sqrt(variance) * Math.Sqrt(_variance))), 1);
    }
}
