using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A threshold for each group, so that decisions come equally often in all of them at the best accuracy.</summary>
/// <remarks>
/// <para>Looked for is, among all choices of one threshold a group for which no two groups differ by more than <see cref="Slack"/> in what <see cref="Constraint"/> says, the one with the most right decisions. All thresholds
/// between two neighbouring scores of a group are tried, and all positive and none: for each lowest share that occurs, each group takes its best threshold among those whose share is at most the slack above. That is exact, and for one
/// share takes n log n; of equally good choices the one with the smallest gap. With two shares (<see cref="GroupConstraint.EqualizedOdds"/>), 500 thresholds, evenly spread over its rows, are tried of a group with more.</para>
/// <para>Decisions are never drawn by lot: two rows of a group with the same score are decided alike. So shares come in steps, of a row and more where scores are tied, and the gap allowed is no smaller than one row of
/// the smallest group. Exactly equal odds would in general need lots (Hardt et al., sec. 3.2); without them the curves of the groups must pass near a common point, and a small slack may leave little but to say the same of every row: the log then says
/// with which slack there is more.</para>
/// <para>Source: Hardt, Price and Srebro, Equality of Opportunity in Supervised Learning, 2016, sec. 4, https://arxiv.org/abs/1610.02413. That lots are left out, the slack and the search are ours. On the rows that chose them, gap and accuracy look better than they are:
/// measure on others. On compas, after a logistic regression on record and age, with thresholds from 1,717 rows and measured on 1,864 others: between the sexes a gap in positive decisions of 0.037 instead of 0.143, at an accuracy of 0.680
/// instead of 0.683. Between the cells of sex, race and age, 39 of 50 of which were too small for a threshold of their own, it went from 0.472 to 0.424 only: take few columns, or cut numbers into few groups. Whether one may decide by group at all is for the law of the place to say.</para>
/// </remarks>
[Method("group-thresholds", Title = "Equality of Opportunity in Supervised Learning", Authors = "Hardt, Price and Srebro", Year = 2016,
    Link = "https://arxiv.org/abs/1610.02413", Tasks = LearningTasks.Binary, Needs = Needs.Groups)]
public sealed record GroupThresholds : Part
{
    private const double Rounding = ThresholdCurve.Rounding;
    private const int MostPoints = 500;

    /// <summary>What is made alike; default <see cref="GroupConstraint.DemographicParity"/>.</summary>
    [Choice(GroupConstraint.DemographicParity, GroupConstraint.EqualOpportunity, GroupConstraint.EqualizedOdds)]
    public GroupConstraint Constraint { get; init; }

    /// <summary>How far the shares of two groups may lie apart. In [0, 1]; default 0.02.</summary>
    [Range(0.0, 0.2, 0.02)]
    public double Slack { get; init; } = 0.02;

    /// <summary>How many right decisions of negative rows one of a positive row is worth. More than 0; default 1, for plain accuracy. Raise it where positive rows are rare.</summary>
    [Range(0.1, 10.0, 1.0, true)]
    public double PositiveWeight { get; init; } = 1;

    /// <summary>Groups with fewer rows than these are taken together: of the rows that the constraint looks at, of either class for <see cref="GroupConstraint.EqualizedOdds"/>. At least 1; default 50.</summary>
    [Range(10, 500, 50, true)]
    public int MinRows { get; init; } = 50;

    /// <summary>Into how many groups of about the same size a protected column of numbers is cut. At least 2; default 5.</summary>
    [Range(2, 10, 5)]
    public int NumberGroups { get; init; } = 5;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.Defined(Constraint);
        Check.InRange(Slack, 0, 1);
        Check.MoreThan(PositiveWeight, 0);
        Check.AtLeast(MinRows, 1);
        Check.AtLeast(NumberGroups, 2);
    }

    /// <summary>How many rows of each cell the constraint looks at.</summary>
    /// <param name="labels">1 where the row is positive, else 0 [rows].</param>
    /// <param name="cells">The cell of each row [rows].</param>
    /// <param name="count">How many cells there are.</param>
    internal int[] Counts(ReadOnlySpan<int> labels, ReadOnlySpan<int> cells, int count)
    {
        var (rows, positives) = (new int[count], new int[count]);
        for (var row = 0; row < labels.Length; row++)
            (rows[cells[row]], positives[cells[row]]) = (rows[cells[row]] + 1, positives[cells[row]] + labels[row]);
        return [.. Enumerable.Range(0, count).Select(cell => Constraint switch
        {
            GroupConstraint.DemographicParity => rows[cell],
            GroupConstraint.EqualOpportunity => positives[cell],
            _ => Math.Min(positives[cell], rows[cell] - positives[cell]),
        })];
    }

    /// <summary>The thresholds.</summary>
    /// <param name="scores">[rows].</param>
    /// <param name="labels">1 where the row is positive, else 0 [rows].</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    /// <param name="groups">The group of each row; negative for rows whose group is too small to have a threshold of its own.</param>
    /// <param name="count">How many groups there are; at least 2.</param>
    /// <exception cref="ArgumentException">A group has no weight among the rows that the constraint looks at.</exception>
    internal ChosenThresholds Choose(double[] scores, int[] labels, double[]? weights, int[] groups, int count)
    {
        Validate();
        Check.AtLeast(count, 2, "The number of groups with a threshold of their own");
        var all = new ThresholdCurve(scores, labels, weights, Enumerable.Range(0, labels.Length), PositiveWeight);
        var rowsOf = Enumerable.Range(0, labels.Length).Where(row => groups[row] >= 0).ToLookup(row => groups[row]);
        ThresholdCurve[] curves = [.. Enumerable.Range(0, count).Select(group => new ThresholdCurve(scores, labels, weights, rowsOf[group], PositiveWeight))];
        foreach (var curve in curves)
            curve.CheckShares(Constraint);
        if (Constraint == GroupConstraint.EqualizedOdds)
            foreach (var curve in curves)
                curve.Thin(MostPoints);

        var width = Math.Max(Slack, curves.Max(curve => curve.Step(Constraint)));
        var best = Search(curves, width);
        var same = Math.Max(curves.Sum(curve => curve.Gain[0]), curves.Sum(curve => curve.Gain[^1])); // where all rows are decided alike
        var free = curves.Sum(curve => curve.Gain.Max());
        var kept = Kept(best);
        return new([.. best.Points.Select((point, group) => curves[group].Thresholds[point])], Pooled(), best.Gap, Accuracy(best.Points), width, kept, kept < ChosenThresholds.Little ? Enough() : null);

        double Kept(Choice choice) => free > same ? (choice.Gain - same) / (free - same) : 1;

        // the first of ever larger slacks that leaves enough
        double? Enough()
        {
            for (var slack = 2 * width; slack <= 1; slack *= 2)
                if (Kept(Search(curves, slack)) >= ChosenThresholds.Little)
                    return slack;
            return null;
        }

        // of all rows together, the threshold whose shares are nearest to those of the groups
        double Pooled()
        {
            var (first, second) = (0.0, 0.0);
            for (var group = 0; group < count; group++)
            {
                first += curves[group].First(Constraint)[best.Points[group]] / count;
                second += curves[group].Negative[best.Points[group]] / count;
            }

            var nearest = Enumerable.Range(0, all.Count).MinBy(point => Math.Max(
                Math.Abs(all.First(Constraint)[point] - first), Constraint == GroupConstraint.EqualizedOdds ? Math.Abs(all.Negative[point] - second) : 0));
            return all.Thresholds[nearest];
        }

        double Accuracy(int[] points)
        {
            var (right, weight) = (0.0, 0.0);
            for (var group = 0; group < count; group++)
                (right, weight) = (right + curves[group].Right(points[group]), weight + curves[group].Weight);
            return right / weight;
        }
    }

    private Choice Search(ThresholdCurve[] curves, double width)
    {
        var first = curves.Select(curve => curve.First(Constraint)).ToArray();
        var whole = curves.Select(curve => (From: 0, To: curve.Count - 1)).ToArray();
        if (Constraint != GroupConstraint.EqualizedOdds)
            return Slide(curves, first, null, whole, width, null)!;

        // for each lowest false positive rate, the part of each curve within the slack above it
        Choice? best = null;
        var part = new (int From, int To)[curves.Length];
        foreach (var lowest in curves.SelectMany(curve => curve.Negative).Distinct().Order())
        {
            for (var group = 0; group < curves.Length; group++)
            {
                var (rates, place) = (curves[group].Negative, whole[group]);
                while (place.From < rates.Length && rates[place.From] < lowest - Rounding)
                    place.From++;
                place.To = Math.Max(place.From - 1, part[group].To);
                while (place.To + 1 < rates.Length && rates[place.To + 1] <= lowest + width + Rounding)
                    place.To++;
                (whole[group].From, part[group]) = (place.From, place);
            }

            if (part.All(place => place.From <= place.To))
                best = Slide(curves, first, [.. curves.Select(curve => curve.Negative)], part, width, best);
        }

        return best!;
    }

    /// <summary>The best choice of a point on each curve whose shares lie within a window, which slides from the lowest to the highest.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="shares">The share of each point of each curve, ascending.</param>
    /// <param name="others">Other shares that lie near each other already, and count for the gap.</param>
    /// <param name="parts">Which points of each curve are allowed.</param>
    /// <param name="width">The window's.</param>
    /// <param name="best">What has to be better.</param>
    private static Choice? Slide(ThresholdCurve[] curves, double[][] shares, double[][]? others, (int From, int To)[] parts, double width, Choice? best)
    {
        var lowest = new List<double>();
        for (var group = 0; group < curves.Length; group++)
            lowest.AddRange(shares[group].AsSpan(parts[group].From, parts[group].To - parts[group].From + 1));
        lowest.Sort();

        var windows = curves.Select(_ => new LinkedList<int>()).ToArray(); // of each curve the points in the window that are better than all behind them
        var next = parts.Select(part => part.From).ToArray();
        var points = new int[curves.Length];
        for (var i = 0; i < lowest.Count; i++)
        {
            if (i > 0 && lowest[i] == lowest[i - 1])
                continue;
            var gain = 0.0;
            for (var group = 0; group < curves.Length && gain > double.NegativeInfinity; group++)
            {
                var (window, share, right) = (windows[group], shares[group], curves[group].Gain);
                for (; next[group] <= parts[group].To && share[next[group]] <= lowest[i] + width + Rounding; next[group]++)
                {
                    while (window.Last is { } last && right[last.Value] < right[next[group]])
                        window.RemoveLast();
                    window.AddLast(next[group]);
                }

                while (window.First is { } first && share[first.Value] < lowest[i] - Rounding)
                    window.RemoveFirst();
                points[group] = window.First?.Value ?? -1;
                gain = points[group] < 0 ? double.NegativeInfinity : gain + right[points[group]];
            }

            if (gain == double.NegativeInfinity || best is not null && gain < best.Gain - Rounding)
                continue;
            var gap = Math.Max(Gap(shares, points), others is null ? 0 : Gap(others, points));
            if (best is null || gain > best.Gain + Rounding || gap < best.Gap - Rounding)
                best = new([.. points], gain, gap);
        }

        return best;
    }

    private static double Gap(double[][] shares, int[] points)
    {
        var (least, most) = (1.0, 0.0);
        for (var group = 0; group < points.Length; group++)
            (least, most) = (Math.Min(least, shares[group][points[group]]), Math.Max(most, shares[group][points[group]]));
        return Math.Max(most - least, 0);
    }

    private sealed record Choice(int[] Points, double Gain, double Gap);
}
