using System.Globalization;
using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>
/// What penalties on dependence cost and bring: <c>./bench fairness [compas] [german-credit] [communities-crime] [xor] [--forms NAME,...] [--weights NUMBER,...] [--seed N] [--recipe JSON]</c>, by default all.
/// </summary>
/// <remarks>
/// Scores of five folds, each row's by a network that learned from the others; the protected columns are no features. <c>jsd</c> is the Jensen-Shannon divergence of the scores of all intersections of the protected columns, in ten quantile bins of all scores
/// (so that shrinking all of them alike gains nothing), groups under 50 rows taken together; <c>floor</c> its mean over permutations, <c>above</c> what is above it, <c>gone</c> the share of that which is gone; <c>gap</c> is the largest less the smallest mean
/// score of a group with 50 rows, <c>spread</c> the deviation of all scores. Intervals are of 95 %, by 200 draws of the rows. Beside the paths of weights stand <c>adjusted</c>, quantile adjustment by strength, which reads the protected columns of the rows that it
/// scores, and <c>noise</c>, the network without a penalty with random numbers added to its scores. <c>xor</c> is constructed: the two protected columns say nothing alone, and together the sign of a feature of little worth.
/// </remarks>
internal static class FairnessBench
{
    private const int Folds = 5;
    private const int Steps = 6; // of a path of weights

    /// <summary>Scores of all rows, each by what the other folds taught.</summary>
    private sealed record Way(string Form, double Weight, Action<double[], int> Score);

    public static void Run(string[] arguments)
    {
        var wanted = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var forms = Option("--forms")?.Split(',');
        var weights = Option("--weights")?.Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var seed = int.Parse(Option("--seed") ?? "1", CultureInfo.InvariantCulture);
        foreach (var given in FairnessSet.All.Where(set => wanted.Length == 0 || wanted.Contains(set.Name)))
        {
            var set = Option("--recipe") is { } recipe ? given with { Recipe = Recipe.FromJson(recipe) } : given;
            using var all = set.Read();
            var folds = Parts((int)all.Rows, seed);
            var none = new double[all.Rows];
            Lanes.Run(Enumerable.Range(0, Folds).Select(fold => (Action)(() => Train(set, all, null, folds, fold, seed, none))));
            var without = Measure(set, all, none);
            Print(set, "none", 0, without, without);

            var ways = Ways(set, all, none, folds, seed, weights).Where(way => forms is null || forms.Contains(way.Form)).ToArray();
            var scores = ways.Select(_ => new double[all.Rows]).ToArray();
            Lanes.Run(ways.SelectMany((way, i) => Enumerable.Range(0, Folds).Select(fold => (Action)(() => way.Score(scores[i], fold)))));
            foreach (var (way, said) in ways.Zip(scores))
                Print(set, way.Form, way.Weight, Measure(set, all, said), without);
        }

        string? Option(string name) => Array.IndexOf(arguments, name) is var place and >= 0 ? arguments[place + 1] : null;
    }

    /// <summary>The fold of each row.</summary>
    private static int[] Parts(int rows, int seed)
    {
        var folds = new int[rows];
        foreach (var (place, row) in new Generator((ulong)seed).Permutation(rows).Index())
            folds[row] = place % Folds;
        return folds;
    }

    private static IEnumerable<Way> Ways(FairnessSet set, Dataset all, double[] none, int[] folds, int seed, double[]? weights)
    {
        (string Form, double First, double Factor, Func<double, Penalty> Of)[] penalties =
        [
            ("single", set.First, 2, weight => new DistanceCovariance { Form = DependenceForm.Single, Weight = weight }),
            ("sum", set.First, 2, weight => new DistanceCovariance { Form = DependenceForm.Sum, Weight = weight }),
            ("joint", set.First, 2, weight => new DistanceCovariance { Form = DependenceForm.Joint, Weight = weight }),
            ("concatenated", set.First, 2, weight => new DistanceCovariance { Form = DependenceForm.Concatenated, Weight = weight }),
            ("correlation", set.FirstCorrelation, 1.5, weight => new DistanceCovariance { Form = DependenceForm.Concatenated, Correlation = true, Statistic = DistanceStatistic.U, Weight = weight }),
            ("correlation-unscaled", 2 * set.FirstCorrelation, 1.5, weight => new DistanceCovariance { Form = DependenceForm.Concatenated, Correlation = true, Statistic = DistanceStatistic.U, Scaling = ProtectedScaling.None, Weight = weight }),
            ("worst-group", set.First, 2, weight => new WorstGroup { Weight = weight }),
            ("gap", set.First, 2, weight => new DemographicParity { Weight = weight }),
        ];
        foreach (var (form, first, factor, of) in penalties)
            foreach (var weight in weights ?? [.. Enumerable.Range(0, Steps).Select(step => first * Math.Pow(factor, step))])
                yield return new(form, weight, (scores, fold) => Train(set, all, of(weight), folds, fold, seed, scores));
        foreach (var strength in new[] { 0.25, 0.5, 0.75, 1 })
            yield return new("adjusted", strength, (scores, fold) => Adjust(set, all, none, folds, fold, strength, scores));
        foreach (var noise in new[] { 0.25, 0.5, 0.75, 1 })
            yield return new("noise", noise, (scores, fold) => AddNoise(set, none, folds, fold, noise, seed, scores));
    }

    /// <summary>Scores of the rows of a fold, by a network that learned from the others.</summary>
    private static void Train(FairnessSet set, Dataset all, Penalty? penalty, int[] folds, int fold, int seed, double[] scores)
    {
        using var scope = NewDisposeScope();
        long[] own = [.. Rows(folds, fold, true).Select(row => (long)row)];
        var others = tensor(Rows(folds, fold, false).Select(row => (long)row).ToArray());
        var columns = penalty is DistanceCovariance { Form: DependenceForm.Single } ? ProtectedColumns.Of(all.Protected!.Columns[0]) : all.Protected!;
        using var train = new Dataset { Features = all.Features.index_select(0, others), Labels = all.Labels!.index_select(0, others), Classes = all.Classes, Protected = columns.Take(others) };
        var network = TrainingLoop.Run(set.Recipe with { Penalty = penalty, Seed = fold }, set.Task, train, null, seed, null, () => { }, calibrates: false).Network;
        var served = new float[own.Length];
        network.Score(all.Features.index_select(0, tensor(own)), null, served);
        for (var i = 0; i < own.Length; i++)
            scores[own[i]] = set.Task == LearningTask.Binary ? 1 / (1 + Math.Exp(-served[i])) : served[i];
    }

    /// <summary>The scores without a penalty, moved by what the other folds say of the groups; it reads the protected columns.</summary>
    private static void Adjust(FairnessSet set, Dataset all, double[] none, int[] folds, int fold, double strength, double[] scores)
    {
        var cells = GroupCells.In([.. all.Protected!.Columns.Select(column => GroupColumn.Of(column, set.Groups))]).Of;
        var (own, others) = (Rows(folds, fold, true), Rows(folds, fold, false));
        var large = others.CountBy(row => cells[row]).Where(cell => cell.Value >= 50).Select(cell => cell.Key).Order().ToList();
        var maps = new QuantileAdjustment { Strength = strength }.Fit([.. others.Select(row => none[row])], null, [.. others.Select(row => large.IndexOf(cells[row]))], large.Count);
        foreach (var row in own)
            scores[row] = maps.Apply(none[row], large.IndexOf(cells[row])) is var moved && set.Task == LearningTask.Binary ? Math.Clamp(moved, 0, 1) : moved;
    }

    /// <summary>The scores without a penalty, or in classification their logits, plus normal noise of a share of their deviation, drawn towards their mean as much as that asks for: what anybody can have without a method.</summary>
    private static void AddNoise(FairnessSet set, double[] none, int[] folds, int fold, double noise, int seed, double[] scores)
    {
        var isBinary = set.Task == LearningTask.Binary;
        double[] all = isBinary ? [.. none.Select(p => Math.Log(p / (1 - p)))] : none;
        var (mean, deviation) = QualityMeasure.Spread(all);
        var random = new Generator((ulong)(seed * Folds + fold));
        foreach (var row in Rows(folds, fold, true))
        {
            var noisy = mean + (all[row] - mean + noise * deviation * random.Normal()) / (1 + noise * noise);
            scores[row] = isBinary ? 1 / (1 + Math.Exp(-noisy)) : noisy;
        }
    }

    private static int[] Rows(int[] folds, int fold, bool own) => [.. Enumerable.Range(0, folds.Length).Where(row => folds[row] == fold == own)];

    private static FairnessMetrics Measure(FairnessSet set, Dataset all, double[] scores) => FairnessMetrics.Of(
        set.Task == LearningTask.Binary ? FairnessRows.Binary(scores, [.. Memory.Of<long>(all.Labels!).ToArray().Select(label => (int)label)])
            : FairnessRows.Regression(scores, [.. Memory.Of<float>(all.Labels!).ToArray().Select(label => (double)label)]),
        all.Protected!, new() { QuantileGroups = set.Groups, Bootstrap = 200 });

    private static void Print(FairnessSet set, string form, double weight, FairnessMetrics own, FairnessMetrics without)
    {
        var (metric, reference) = (Metric(own), Metric(without));
        var (divergence, before) = (Divergence(own), Divergence(without));
        var gap = (own.Intersection ?? own.Columns[0]).MeanScoreGap.Difference;
        Figures.Print($"fairness {set.Name} form={form} weight={weight} metric={metric.Value:F4} low={metric.Low:F4} high={metric.High:F4} change={metric.Value / reference.Value - 1:+0.0000;-0.0000} jsd={divergence.Value.Value:F4} floor={divergence.Floor:F4} above={divergence.AboveFloor.Value:F4} aboveLow={divergence.AboveFloor.Low:F4} aboveHigh={divergence.AboveFloor.High:F4} gone={1 - divergence.AboveFloor.Value / before.AboveFloor.Value:F3} gap={gap.Value:F3} gapLow={gap.Low:F3} gapHigh={gap.High:F3} spread={own.ScoreSpread.Value:F3} cells={divergence.Cells} pooled={divergence.PooledGroups} kind={(set.Task == LearningTask.Binary ? "logloss" : "rmse")}");

        static Estimate Metric(FairnessMetrics metrics) => metrics.Task == LearningTask.Regression ? metrics.All.RootMeanSquaredError : metrics.All.LogLoss;
        static GroupDivergence Divergence(FairnessMetrics metrics) => (metrics.Intersection ?? metrics.Columns[0]).Divergence;
    }
}
