using System.Diagnostics;
using System.Globalization;

namespace Retort.Bench;

/// <summary>Soups of 16 networks from one start beside the best of them, their mean and their ensemble, on rows that nothing has seen.</summary>
internal static class SoupBench
{
    private const int Ingredients = 16;

    /// <param name="rest">Names of tables, and numbers: how many seeds; by default all and five.</param>
    public static void Run(string[] rest)
    {
        var seeds = rest.Select(word => int.TryParse(word, out var number) ? number : 0).Max(number => (int?)number) is > 0 and { } given ? given : 5;
        string[] names = [.. rest.Where(word => !int.TryParse(word, out _))];
        foreach (var width in new[] { "narrow", "wide" })
        {
            var all = new List<(double Gain, bool NoWorse)>();
            foreach (var set in DistillSet.All.Where(set => names.Length == 0 ? set.Name != "wine" : names.Contains(set.Name)))
                all.AddRange(Table(set, width, seeds));
            Figures.Print($"soup-all recipes={width} runs={all.Count} greedyGain={100 * all.Average(run => run.Gain):F2}% notWorse={100.0 * all.Count(run => run.NoWorse) / all.Count:F0}%");
        }
    }

    private static IEnumerable<(double Gain, bool NoWorse)> Table(DistillSet set, string width, int seeds)
    {
        using var rows = set.Read();
        var runs = Enumerable.Range(1, seeds).Select(seed => Once(set, rows, width, seed)).ToArray();
        Figures.Print(
            $"soup {set.Name} recipes={width} seeds={seeds} start={Mean("start")} best={Mean("best")} mean={Mean("mean")} uniform={Mean("uniform")} greedy={Mean("greedy")} learned={Mean("learned")} ensemble={Mean("ensemble")} kept={runs.Average(run => run.Kept):F1} heldNeverWorse={(runs.All(run => run.HeldNeverWorse) ? "yes" : "no")} wallRatio={Figures.Median(runs.Select(run => run.WallRatio)):F1}");
        return runs.Select(run => (1 - run.Losses["greedy"] / run.Losses["best"], run.Losses["greedy"] <= run.Losses["best"]));

        string Mean(string name) => runs.Average(run => run.Losses[name]).ToString("F4", CultureInfo.InvariantCulture);
    }

    private static (Dictionary<string, double> Losses, double Kept, bool HeldNeverWorse, double WallRatio) Once(DistillSet set, DistillRows rows, string width, int seed)
    {
        var (trainRows, heldRows, testRows) = rows.Split(seed);
        using var train = rows.All.View(trainRows);
        using var held = rows.All.View(heldRows, allLabeled: true);
        using var test = rows.All.View(testRows, allLabeled: true);
        var like = set.Student with { Network = set.Name == "abalone" ? new Mlp { Layers = 2, Width = 64 } : set.Student.Network is Mlp { Width: < 32 } small ? small with { Width = 32 } : set.Student.Network, Epochs = 15, Seed = seed };
        var rate = like.Optimizer.LearningRate;
        var start = Train(like with { Epochs = 60, Schedule = new ConstantRate() }, null);
        Recipe[] recipes = [.. Enumerable.Range(0, Ingredients).Select(k => like with
        {
            Seed = 1000 * seed + k,
            Schedule = new ConstantRate(),
            Optimizer = new AdamW { LearningRate = width == "narrow" ? rate * 0.4 * Math.Pow(2.5, k / (Ingredients - 1.0)) : rate * Math.Pow(50, k / (Ingredients - 1.0)) / 5 },
        })];

        var clock = Stopwatch.StartNew();
        Train(recipes[0], start);
        var alone = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var ingredients = new FittedNetwork[Ingredients];
        Lanes.Run(Enumerable.Range(0, Ingredients).Select(k => (Action)(() => ingredients[k] = Train(recipes[k], start))));
        var together = clock.Elapsed.TotalSeconds;

        var best = ingredients.MinBy(network => HeldLoss.Of(network, held))!;
        var greedy = NetworkSoup.Of(ingredients, new GreedySoup(), held);
        var losses = new Dictionary<string, double>
        {
            ["start"] = Loss(start),
            ["best"] = Loss(best),
            ["mean"] = ingredients.Average(Loss),
            ["uniform"] = Loss(NetworkSoup.Of(ingredients, new UniformSoup(), held).Network),
            ["greedy"] = Loss(greedy.Network),
            ["learned"] = Loss(NetworkSoup.Of(ingredients, new LearnedSoup(), held).Network),
            ["ensemble"] = Ensemble(ingredients, test),
        };
        return (losses, greedy.Kept.Count(kept => kept), greedy.Measure.HeldLoss <= HeldLoss.Of(best, held) + 1e-9, together / alone);

        FittedNetwork Train(Recipe recipe, FittedNetwork? from) =>
            TrainingLoop.Run(recipe, set.Task, train, held, seed, null, () => { }, start: from).Network;

        double Loss(FittedNetwork network) => set.Task == LearningTask.Regression ? Math.Sqrt(HeldLoss.Of(network, test)) : HeldLoss.Of(network, test);
    }

    /// <summary>The loss of the mean of all predictions.</summary>
    internal static double Ensemble(IReadOnlyList<FittedNetwork> networks, Dataset test)
    {
        var answers = networks.Select(network => JudgingRows.Answers(network, test, null)).ToArray();
        var mean = answers[0] with { Scores = [.. Enumerable.Range(0, answers[0].Scores.Length).Select(i => answers.Average(own => own.Scores[i]))] };
        return answers[0].Task == LearningTask.Regression ? Math.Sqrt(HeldLoss.Of(mean)) : HeldLoss.Of(mean);
    }
}
