namespace Retort;

/// <summary>Merges trials of a search to a soup.</summary>
/// <remarks>
/// Trials begin from the same weights where their networks agree in all but dropout, since all have the seed of the space's base. The best trials are put together by where they began; each group becomes a
/// <see cref="GreedySoup"/>, calibrated as its best trial is.
/// </remarks>
internal static class SweepSouping
{
    private const int Most = 32;

    /// <summary>The best soup, where it is better than the best trial in the first objective; else null.</summary>
    /// <param name="trials">All trials.</param>
    /// <param name="best">The best.</param>
    /// <param name="networkOf">The network of a trial.</param>
    /// <param name="judge">What a network's objectives are.</param>
    /// <param name="held">The rows that trials are judged by.</param>
    /// <param name="task">What is predicted.</param>
    public static (SweepSoup Soup, FittedNetwork Network, Recipe Recipe)? Of(
        IReadOnlyList<SweepTrial> trials, SweepTrial best, Func<int, FittedNetwork> networkOf, Func<FittedNetwork, ValueList<double>> judge, HeldRows held, LearningTask task)
    {
        var soups = trials.Where(trial => trial.Failure is null).OrderByDescending(trial => trial.Rungs).ThenBy(trial => trial.Loss).Take(Most)
            .Select(trial => (Trial: trial, Network: networkOf(trial.Number)))
            .DistinctBy(one => one.Network.Fingerprint)
            .GroupBy(one => (one.Network.Origin, Network: one.Network.Architecture.WithoutDropout, one.Network.Link, one.Network.Shape.Outputs, one.Network.Scale))
            .Where(group => group.Key.Origin.Length > 0 && group.Count() > 1)
            .Select(group => Stir([.. group.OrderBy(one => one.Trial.Number)]))
            .Where(soup => soup.Soup.Trials.Count > 1 && soup.Soup.Objectives[0] < best.Loss).ToArray();
        return soups.Length == 0 ? null : soups.MinBy(soup => soup.Soup.Objectives[0]);

        (SweepSoup Soup, FittedNetwork Network, Recipe Recipe) Stir((SweepTrial Trial, FittedNetwork Network)[] group)
        {
            var (soup, first) = (new GreedySoup(), group.MinBy(one => one.Trial.Loss).Trial.Recipe);
            var (network, kept, _) = NetworkSoup.Of([.. group.Select(one => one.Network)], soup, held.Judging);
            if (first.CalibrationFor(task) is { } calibration)
                network = NetworkCalibration.Of(network, calibration, held.Calibrating!);
            var inside = group.Where((_, i) => kept[i]).ToArray();
            var recipe = first with { Ancestry = new(soup, network.Origin, ValueList.Of<Ancestor>([.. inside.Select(one => new Ancestor(one.Network.Fingerprint, true, one.Trial.Recipe))])) };
            return (new([.. inside.Select(one => one.Trial.Number)], judge(network)), network, recipe);
        }
    }
}
