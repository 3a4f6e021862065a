using System.Runtime.InteropServices;
using static Retort.Bench.QualityModels;

namespace Retort.Bench;

/// <summary>
/// Networks beside gradient boosting and linear models, on real tables and five fixed splits:
/// <c>./bench quality [SET or MODEL ...] [--validation] [--recipe JSON or FILE ...]</c>, by default all sets and all models.
/// </summary>
/// <remarks>
/// Networks, linear models and default boosting (<c>boost</c>) learn from 60 % of the rows, networks with another 20 % that say when to stop. <c>tuned</c> boosting is the best
/// of twelve settings on those, fitted again with them. All are judged by the same last 20 %; with <c>--validation</c> by the 20 % before, so that recipes can be chosen without
/// looking at the last (tuned boosting is not fitted again then). <c>--recipe</c> adds a model.
/// </remarks>
internal static class QualityBench
{
    private const int Splits = 5, Lanes = 2;

    public static void Run(string[] arguments)
    {
        var (sets, names, recipes, validation) = Choose(arguments);
        var folder = Directory.CreateTempSubdirectory("retort-quality-").FullName;
        var pythons = new Python?[Lanes];
        try
        {
            var results = sets.ToDictionary(set => set.Name, set => Set(set, names, recipes, validation, folder, pythons));
            if (sets.Count > 1)
                Summary(results);
        }
        finally
        {
            foreach (var python in pythons)
                python?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (List<QualitySet> Sets, List<string> Models, Dictionary<string, Func<LearningTask, Recipe>> Recipes, bool Validation) Choose(string[] arguments)
    {
        var recipes = new Dictionary<string, Func<LearningTask, Recipe>>(Recipes);
        var (sets, models, validation) = (new List<QualitySet>(), new List<string>(), false);
        string[] known = [Boost, TunedBoost, LinearModel, PoissonModel, .. Recipes.Keys];
        for (var i = 0; i < arguments.Length; i++)
            if (arguments[i] == "--validation")
                validation = true;
            else if (arguments[i] == "--recipe" && i + 1 < arguments.Length)
            {
                var (text, name) = (arguments[++i], $"recipe{recipes.Count - Recipes.Count + 1}");
                var recipe = Read(text);
                recipes[name] = _ => recipe;
                models.Add(name);
                Console.WriteLine($"{name}: {recipe}");
            }
            else if (QualitySet.All.FirstOrDefault(set => set.Name == arguments[i]) is { } set)
                sets.Add(set);
            else if (known.Contains(arguments[i]))
                models.Add(arguments[i]);
            else
                throw new InvalidOperationException(
                    $"An argument must be a set ({string.Join(", ", QualitySet.All.Select(s => s.Name))}), a model ({string.Join(", ", known)}), --validation or --recipe, but is '{arguments[i]}'.");

        // those that others are compared with come first
        return (sets is [] ? [.. QualitySet.All] : sets, [.. (models is [] ? known : [.. models]).Distinct().OrderBy(name => name == Boost ? 0 : name == TunedBoost ? 1 : 2)], recipes, validation);
    }

    private static Recipe Read(string text)
    {
        try
        {
            return Recipe.FromJson(text.TrimStart().StartsWith('{') ? text : File.ReadAllText(text));
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            throw new InvalidOperationException(e.Message);
        }
    }

    /// <summary>The loss of each model on each split.</summary>
    private static Dictionary<string, double[]> Set(
        QualitySet set, List<string> models, Dictionary<string, Func<LearningTask, Recipe>> recipes, bool validation, string folder, Python?[] pythons)
    {
        var table = set.Read();
        var work = Enumerable.Range(1, Splits).Select(number => new QualityWork(table, table.Split(number), validation, folder)).ToArray();
        table.Write(folder, work.Select(one => one.Split));

        var losses = new Dictionary<string, double[]>();
        foreach (var model in models.Where(model => model != PoissonModel || set.Task == LearningTask.Regression))
        {
            var scores = new QualityScores[Splits];
            Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() =>
            {
                for (var i = lane; i < Splits; i += Lanes)
                    scores[i] = Fit(model, work[i], lane);
            }))).GetAwaiter().GetResult();
            Report(model, [.. scores]);
        }

        var best = losses.MinBy(pair => pair.Value.Average());
        Figures.Print($"quality {set.Name} best={best.Key}{Compared(best.Key)}");
        return losses;

        QualityScores Fit(string model, QualityWork one, int lane) => model switch
        {
            LinearModel => ByLinear(one),
            PoissonModel => ByPoisson(one),
            Boost or TunedBoost => ByPython(model, one, () => pythons[lane] ??= Python.Start("quality.py", folder)),
            _ => Network(recipes[model](set.Task), one),
        };

        void Report(string model, QualityScores[] scores)
        {
            var labels = work.Select(one => table.Labels(one.Judged)).ToArray();
            losses[model] = [.. scores.Select((score, i) => QualityMeasure.Loss(score.Predictions, labels[i], set.Task))];
            var auc = scores.Select((score, i) => QualityMeasure.Auc(score.Predictions, labels[i], set.Task)).Average();
            var (mean, deviation) = QualityMeasure.Spread(losses[model]);
            var more = (set.Task == LearningTask.Binary ? FormattableString.Invariant($" auc={auc:F4}") : "")
                + (scores[0].Epochs > 0 ? FormattableString.Invariant($" epochs={scores.Average(s => s.Epochs):F0} best-epoch={scores.Average(s => s.BestEpoch):F0}") : "");
            Figures.Print(
                $"quality {set.Name} model={model} metric={mean:F4} sd={deviation:F4} seconds={scores.Average(s => s.Seconds):F1} kind={(set.Task == LearningTask.Binary ? "log-loss" : "rmse")}{more}{Compared(model)}");
        }

        string Compared(string model) => string.Concat(new[] { Boost, TunedBoost }.Where(other => other != model && losses.ContainsKey(other)).Select(other =>
        {
            var (difference, error) = QualityMeasure.Difference(losses[model], losses[other]);
            return FormattableString.Invariant($" {other}-difference={difference:+0.0000;-0.0000} {other}-error={error:F4} {other}-errors={difference / error:+0.0;-0.0}");
        }));
    }

    /// <summary>Boosting takes minutes and never changes, so that its predictions are kept: under a name that changes with the rows and the script.</summary>
    private static QualityScores ByPython(string way, QualityWork work, Func<Python> python)
    {
        var (set, judged) = (work.Table.Set, work.JudgesValidation ? "validation" : "test");
        var kept = Path.Combine(Directory.CreateDirectory(Path.Combine(".artifacts", "quality")).FullName, $"{set.Name}-{way}-{judged}-{work.Table.Key(work.Split)}");
        if (!File.Exists(kept))
        {
            var seconds = python().AskNumber(
                $"{way} {set.Name} {work.Table.Columns} {set.Categories.Length} {work.Split.Number} {judged} {(set.Task == LearningTask.Binary ? "binary" : "regression")}");
            var made = Path.Combine(work.Folder, $"{set.Name}.{work.Split.Number}.predictions");
            File.WriteAllBytes($"{made}.kept", [.. BitConverter.GetBytes(seconds), .. File.ReadAllBytes(made)]);
            File.Move($"{made}.kept", kept, overwrite: true);
        }

        var numbers = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(kept));
        return new(numbers[1..].ToArray(), numbers[0]);
    }

    /// <summary>On how many sets each model is at least as good as the ones it is measured against.</summary>
    private static void Summary(Dictionary<string, Dictionary<string, double[]>> results)
    {
        foreach (var model in results.Values.SelectMany(losses => losses.Keys).Distinct())
        {
            var sets = results.Values.Where(losses => losses.ContainsKey(model)).ToArray();
            var counts = new[] { LinearModel, Boost, TunedBoost }.Where(other => other != model && sets.All(losses => losses.ContainsKey(other)))
                .Select(other => $" at-least-{other}={sets.Count(losses => losses[model].Average() <= losses[other].Average())}/{sets.Length}");
            Figures.Print($"quality all model={model}{string.Concat(counts)}");
        }
    }
}
