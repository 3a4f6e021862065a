namespace Retort;

/// <summary>Distance covariance of scores and a protected column, with a permutation test that sorts nothing anew.</summary>
internal static class DependenceTest
{
    /// <summary>Permutations of a column of numbers use no more rows than this.</summary>
    public const int MostRows = 20_000;

    /// <param name="scores">One array for each score, [rows].</param>
    /// <param name="numbers">The column's numbers [rows]; null for groups.</param>
    /// <param name="groups">The group of each row.</param>
    /// <param name="groupCount">How many groups there may be.</param>
    /// <param name="weights">[rows], more than 0; null where all count alike.</param>
    /// <param name="classes">Whose scores these are; null where there is one.</param>
    /// <param name="permutations">How many.</param>
    /// <param name="random">Where they come from.</param>
    public static GroupDependence Of(double[][] scores, double[]? numbers, int[] groups, int groupCount, double[]? weights, IReadOnlyList<string>? classes, int permutations, Generator random)
    {
        var count = groups.Length;
        if (count == 0)
            return new(classes?[0], double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, 0, 0);
        var all = new Side(numbers, groups, groupCount, weights);
        var correlations = scores.Select(all.Correlation).ToArray();
        var chance = new GroupChance(correlations, permutations);
        var own = scores[chance.Worst];
        var isEven = weights is null || !weights.AsSpan().ContainsAnyExcept(weights[0]);
        var unbiased = count >= 4 && isEven ? new Side(numbers, groups, groupCount, null, isUnbiased: true).Covariance(own) : double.NaN;

        var (tested, testedScores) = (all, scores);
        var testedRows = numbers is null ? count : Math.Min(count, MostRows);
        if (testedRows < count)
        {
            var rows = Drawn(count, testedRows, random);
            testedScores = [.. scores.Select(score => SortedRows.Gathered(score, rows))];
            tested = new(SortedRows.Gathered(numbers!, rows), SortedRows.Gathered(groups, rows), groupCount, weights is null ? null : SortedRows.Gathered(weights, rows));
            chance = new([.. testedScores.Select(tested.Correlation)], permutations);
        }

        if (permutations > 0)
            tested.Permute(testedScores, permutations, random, chance);
        return new(classes?[Array.IndexOf(correlations, correlations.Max())], all.Covariance(own), unbiased, correlations.Max(), chance.Floor, chance.PValue, count, testedRows);
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

        public double Covariance(double[] scores) => DistanceMeasure.Covariance(scores, 1, _space, _centring, _slope);

        public double Correlation(double[] scores) => Root(Covariance(scores), DistanceMeasure.Variance(scores, 1, _centring, _slope));

        public void Permute(double[][] scores, int permutations, Generator random, GroupChance chance)
        {
            var sorted = scores.Select(score => _space.Sort(score)).ToArray();
            var variances = scores.Select(score => DistanceMeasure.Variance(score, 1, _centring, _slope)).ToArray(); // where rows count alike, the same whichever row has which score
            int[] to = [.. Enumerable.Range(0, _slope.Length)];
            for (var permutation = 0; permutation < permutations; permutation++)
            {
                GroupChance.Shuffle(random, to);
                chance.Add([.. sorted.Select((own, score) => Root(DistanceMeasure.Covariance(_space.Moved(own, to), _space, _centring, _slope), _centring.Same > 0 ? variances[score] : Variance(scores[score], to)))]);
            }
        }

        private double Variance(double[] scores, int[] to)
        {
            var moved = new double[scores.Length];
            for (var row = 0; row < moved.Length; row++)
                moved[to[row]] = scores[row];
            return DistanceMeasure.Variance(moved, 1, _centring, _slope);
        }

        private double Root(double covariance, double variance) =>
            variance <= 0 || _variance <= 0 ? 0 : Math.Min(Math.Sqrt(Math.Max(covariance, 0) / (Math.Sqrt(variance) * Math.Sqrt(_variance))), 1);
    }
}
