using System.Globalization;

namespace Retort.Bench;

/// <summary>
/// Searches beside each other in equal wall time, on rows that none of them sees: <c>./bench sweep [SET or RUNNER ...] [--minutes M] [--seeds N]</c>, by default all sets and runners, three minutes and three seeds.
/// </summary>
/// <remarks>
/// <c>experiment</c> is <see cref="NetworkExperiment{TTransformer}"/>, <c>cost-frugal</c> and <c>random</c> are ML.NET's AutoMLExperiment with those tuners, and <c>default</c> is the default recipe without a search. All search <see cref="RecipeSpace.Default"/>, learn from the same 60 % of the rows
/// with the same 20 % that say when to stop and which trial is best, and are judged by the last 20 %: log-loss, or the root of the mean squared error. <c>trials</c> were begun, <c>full</c> were trained to their ends; <c>difference</c> is that of the experiment's metric from the runner's, a seed each, with its standard error.
/// </remarks>
internal static class SweepBench
{
    public static void Run(string[] arguments)
    {
        var (sets, runners, minutes, seeds) = Choose(arguments);
        var folder = Directory.CreateTempSubdirectory("retort-sweep-").FullName;
        try
        {
            foreach (var set in sets)
                Set(set, runners, minutes, seeds, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (List<QualitySet> Sets, List<string> Runners, double Minutes, int Seeds) Choose(string[] arguments)
    {
        var (sets, runners, minutes, seeds) = (new List<QualitySet>(), new List<string>(), 3.0, 3);
        for (var i = 0; i < arguments.Length; i++)
            if (arguments[i] == "--minutes" && i + 1 < arguments.Length)
                minutes = double.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else if (arguments[i] == "--seeds" && i + 1 < arguments.Length)
                seeds = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else if (QualitySet.All.FirstOrDefault(set => set.Name == arguments[i]) is { } set)
                sets.Add(set);
            else if (SweepRunners.All.ContainsKey(arguments[i]))
                runners.Add(arguments[i]);
            else
                throw new InvalidOperationException($"An argument must be a set ({string.Join(", ", QualitySet.All.Select(s => s.Name))}), a runner ({string.Join(", ", SweepRunners.All.Keys)}), --minutes or --seeds, but is '{arguments[i]}'.");

        return (sets is [] ? [.. QualitySet.All] : sets, runners is [] ? [.. SweepRunners.All.Keys] : runners, minutes, seeds);
    }

    private static void Set(QualitySet set, List<string> runners, double minutes, int seeds, string folder)
    {
        var (table, kind) = (set.Read(), set.Task == LearningTask.Binary ? "log-loss" : "rmse");
        var found = runners.ToDictionary(runner => runner, _ => new SweepFound[seeds]);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var rows = new SweepRows(table, table.Split(seed), folder, seed);
            foreach (var runner in runners)
            {
                var clock = System.Diagnostics.Stopwatch.StartNew();
                var own = found[runner][seed - 1] = SweepRunners.All[runner](rows, TimeSpan.FromMinutes(minutes));
                Figures.Print($"sweep-seed {set.Name} runner={runner} seed={seed} metric={own.Test:F4} held={own.Held:F4} trials={own.Trials} full={own.Full} seconds={clock.Elapsed.TotalSeconds:F0} recipe={own.Recipe.Replace(" ", "", StringComparison.Ordinal)}");
            }
        }

        foreach (var (runner, own) in found)
        {
            var (mean, deviation) = QualityMeasure.Spread([.. own.Select(one => one.Test)]);
            var compared = "";
            if (found.TryGetValue(SweepRunners.Experiment, out var experiment) && experiment != own)
            {
                var (difference, error) = QualityMeasure.Difference([.. experiment.Select(one => one.Test)], [.. own.Select(one => one.Test)]);
                compared = FormattableString.Invariant($" difference={difference:+0.0000;-0.0000} error={error:F4} times={experiment.Average(one => one.Trials) / own.Average(one => one.Trials):F1}");
            }

            Figures.Print($"sweep {set.Name} runner={runner} metric={mean:F4} sd={deviation:F4} trials={own.Average(one => one.Trials):F1} full={own.Average(one => one.Full):F1} held={own.Average(one => one.Held):F4} minutes={minutes} seeds={seeds} kind={kind}{compared}");
        }
    }
}
