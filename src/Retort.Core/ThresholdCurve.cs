namespace Retort;

/// <summary>What every threshold would do to the rows of a group, from none positive to all.</summary>
internal sealed class ThresholdCurve
{
    /// <summary>Shares nearer than this are one share.</summary>
    public const double Rounding = 1e-9;

    private readonly double _positives, _negatives, _largest, _positiveWeight;
    private double[] _all = [], _positive = [];

    public ThresholdCurve(double[] scores, int[] labels, double[]? weights, IEnumerable<int> rows, double positiveWeight)
    {
        int[] order = [.. rows.OrderByDescending(row => scores[row])];
        foreach (var row in order)
        {
            var weight = weights?[row] ?? 1;
            (_positives, _negatives) = labels[row] == 1 ? (_positives + weight, _negatives) : (_positives, _negatives + weight);
            _largest = Math.Max(_largest, weight);
        }

        _positiveWeight = positiveWeight;
        var (thresholds, positive, negative) = (new List<double> { double.PositiveInfinity }, new List<double> { 0 }, new List<double> { 0 });
        var (tp, fp) = (0.0, 0.0);
        for (int start = 0, end; start < order.Length; start = end)
        {
            var score = scores[order[start]];
            for (end = start; end < order.Length && scores[order[end]] == score; end++)
            {
                var weight = weights?[order[end]] ?? 1;
                (tp, fp) = labels[order[end]] == 1 ? (tp + weight, fp) : (tp, fp + weight);
            }

            thresholds.Add(end == order.Length ? double.NegativeInfinity : ThresholdMetrics.Between(scores[order[end]], score));
            positive.Add(tp);
            negative.Add(fp);
        }

        Set([.. thresholds], [.. positive], [.. negative]);
    }

    public double[] Thresholds { get; private set; } = [];

    /// <summary>The share of positive decisions among the rows that are not positive.</summary>
    public double[] Negative { get; private set; } = [];

    /// <summary>The weight of the right decisions, in which positive rows count more.</summary>
    public double[] Gain { get; private set; } = [];

    public int Count => Thresholds.Length;

    public double Weight => _positives + _negatives;

    /// <summary>The weight of the right decisions.</summary>
    public double Right(int point) => _positive[point] * _positives + (1 - Negative[point]) * _negatives;

    /// <summary>The share that a constraint looks at, and of two that among positive rows.</summary>
    public double[] First(GroupConstraint constraint) => constraint == GroupConstraint.DemographicParity ? _all : _positive;

    /// <summary>How much a row can move a share.</summary>
    public double Step(GroupConstraint constraint) => _largest / (constraint switch
    {
        GroupConstraint.DemographicParity => Weight,
        GroupConstraint.EqualOpportunity => _positives,
        _ => Math.Min(_positives, _negatives),
    });

    public void CheckShares(GroupConstraint constraint)
    {
        Check.MoreThan(constraint == GroupConstraint.DemographicParity ? Weight : _positives, 0, constraint == GroupConstraint.DemographicParity ? "The weight of a group's rows" : "The weight of a group's positive rows");
        if (constraint == GroupConstraint.EqualizedOdds)
            Check.MoreThan(_negatives, 0, "The weight of a group's negative rows");
    }

    /// <summary>Leaves some of the points, evenly spread over the rows, and both ends.</summary>
    public void Thin(int most)
    {
        if (Count <= most)
            return;
        int[] kept = [.. Enumerable.Range(0, most).Select(i => Array.FindIndex(_all, share => share >= (double)i / (most - 1) - Rounding)).Append(Count - 1).Distinct().Where(i => i >= 0)];
        Set([.. kept.Select(i => Thresholds[i])], [.. kept.Select(i => _positive[i] * _positives)], [.. kept.Select(i => Negative[i] * _negatives)]);
    }

    private void Set(double[] thresholds, double[] positive, double[] negative)
    {
        Thresholds = thresholds;
        _positive = [.. positive.Select(tp => _positives > 0 ? tp / _positives : 0)];
        Negative = [.. negative.Select(fp => _negatives > 0 ? fp / _negatives : 0)];
        _all = [.. positive.Zip(negative, (tp, fp) => (tp + fp) / Weight)];
        Gain = [.. positive.Zip(negative, (tp, fp) => _positiveWeight * tp + _negatives - fp)];
    }
}
