namespace Retort;

/// <summary>The gaps between the groups of one view.</summary>
internal sealed class FairnessGaps(GroupView view, GroupTally tally, FairnessRows rows, Func<double, double, double, Estimate> take)
{
    /// <summary>All gaps of the task, and of several classes those of each class.</summary>
    public (FairnessGap[] Gaps, FairnessGap[] ClassGaps) All()
    {
        var infinite = double.PositiveInfinity;
        if (rows.Task == LearningTask.Regression)
            return ([
                Taken("mean-score", Raw(group => tally.Mean(group, 0), false), null, -infinite, infinite),
                Taken("rmse", Raw(group => Math.Sqrt(tally.Mean(group, 4))), null, 0, infinite),
                Taken("mae", Raw(group => tally.Mean(group, 5)), null, 0, infinite),
                Taken("bias", Raw(group => tally.Mean(group, 3), false), null, -infinite, infinite),
            ], []);

        var (names, each) = (new List<string>(), new List<RawGap[]>());
        foreach (var (name, rate) in Rates())
        {
            names.Add(name);
            each.Add([.. Enumerable.Range(0, rows.Classes.Count).Select(k => Raw(group => rate(group, k), name != "mean-score" || rows.AreProbabilities))]);
        }

        var odds = names.IndexOf("equal-opportunity");
        names.Insert(odds + 2, "equalized-odds");
        each.Insert(odds + 2, [.. each[odds].Zip(each[odds + 1], (tpr, fpr) => RawGap.Worst([tpr, fpr]))]);

        var several = rows.Task == LearningTask.Multiclass;
        var gaps = names.Select((name, i) =>
        {
            var worst = RawGap.Worst(each[i]);
            return Taken(name, worst, rows.Classes[Math.Max(Array.FindIndex(each[i], gap => gap.Difference == worst.Difference), 0)], Least(name), Most(name));
        }).ToList();
        gaps.Add(Taken("error-rate", Raw(group => 1 - Enumerable.Range(0, rows.ClassCount).Sum(k => tally.Weight(group, k, k)) / tally.Weights[group]), null, 0, 1));
        gaps.Add(Taken("log-loss", Raw(group => tally.Mean(group, 2 * rows.Width)), null, 0, infinite));
        return ([.. gaps], several ? [.. rows.Classes.SelectMany((own, k) => names.Select((name, i) => Taken(name, each[i][k], own, Least(name), Most(name))))] : []);

        double Least(string name) => name == "mean-score" && !rows.AreProbabilities ? -infinite : 0;
        double Most(string name) => name == "mean-score" && !rows.AreProbabilities ? infinite : 1;
    }

    private IEnumerable<(string Name, Func<int, int, double> Rate)> Rates()
    {
        GroupRates Of(int group, int k) => new(tally, group, rows.Task == LearningTask.Multiclass ? k : 1);
        yield return ("demographic-parity", (group, k) => Of(group, k).Selection);
        yield return ("equal-opportunity", (group, k) => Of(group, k).TruePositive);
        yield return ("false-positive-rate", (group, k) => Of(group, k).FalsePositive);
        yield return ("predictive-parity", (group, k) => Of(group, k).Precision);
        yield return ("mean-score", (group, k) => tally.Mean(group, k));
    }

    private RawGap Raw(Func<int, double> number, bool hasRatio = true)
    {
        var (highest, lowest, most, least, count) = (-1, -1, double.NaN, double.NaN, 0);
        for (var group = 0; group < view.Groups; group++)
        {
            if (view.IsSmall[group] || number(group) is var own && !double.IsFinite(own))
                continue;
            count++;
            if (highest < 0 || own > most)
                (highest, most) = (group, own);
            if (lowest < 0 || own < least)
                (lowest, least) = (group, own);
        }

        return count < 2
            ? new(double.NaN, double.NaN, -1, double.NaN, -1, double.NaN, view.Groups - count)
            : new(most - least, !hasRatio ? double.NaN : most == 0 ? 1 : least / most, highest, most, lowest, least, view.Groups - count);
    }

    private FairnessGap Taken(string name, RawGap gap, string? ofClass, double least, double most) => new(
        name, ofClass, take(gap.Difference, 0, most), take(gap.Ratio, 0, 1), Name(gap.Highest), take(gap.HighestValue, least, most), Name(gap.Lowest), take(gap.LowestValue, least, most), gap.LeftOut, double.NaN);

    private string? Name(int group) => group < 0 ? null : view.GroupName(group);

    private readonly record struct RawGap(double Difference, double Ratio, int Highest, double HighestValue, int Lowest, double LowestValue, int LeftOut)
    {
        /// <summary>The gap with the largest difference, with the smallest ratio of all.</summary>
        public static RawGap Worst(IReadOnlyList<RawGap> gaps)
        {
            var worst = gaps[0];
            foreach (var gap in gaps)
                worst = gap.Difference > worst.Difference || double.IsNaN(worst.Difference) ? gap : worst;
            return worst with { Ratio = gaps.Select(gap => gap.Ratio).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min() };
        }
    }
}
