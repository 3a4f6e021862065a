using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>A way to train the network of a set.</summary>
/// <param name="Name">What its line calls it.</param>
/// <param name="Recipe">How.</param>
/// <param name="Rows">The share of the training rows that it ever sees.</param>
internal sealed record WayOfTraining(string Name, Recipe Recipe, double Rows = 1);

/// <summary>What several ways of training come to on the same splits: a line each, beside the first.</summary>
/// <remarks>
/// A seed is a split with its starting weights and row order. <c>metric</c> is the accuracy, in regression the root of the mean squared error, on rows that chose nothing; <c>gain</c> is what it is better than the first way by, in percent of that one's and paired by split,
/// <c>errors</c> the same in standard errors; <c>logloss-gain</c> likewise. <c>passes</c> is the cost: rows given to steps, tries included, in training sets.
/// </remarks>
internal static class WaysOfTraining
{
    private sealed record Result(double Metric, double LogLoss, double Passes, double Seconds);

    public static void Compare(string bench, MixSet set, IReadOnlyList<WayOfTraining> ways, int first, int seeds)
    {
        using var rows = set.Read();
        Result[]? reference = null;
        foreach (var way in ways)
        {
            try
            {
                Result[] results = [.. Enumerable.Range(first, seeds).Select(seed => Measure(set, rows, way, seed))];
                Print(bench, set, way.Name, results, reference);
                reference ??= results;
            }
            catch (DivergedRunException e)
            {
                Console.WriteLine($"{bench} {set.Name} way={way.Name} diverged: {e.Message}");
            }
        }
    }

    private static Result Measure(MixSet set, DistillRows rows, WayOfTraining way, int seed)
    {
        using var scope = NewDisposeScope();
        var (train, held, test) = rows.Split(seed);
        using Dataset own = rows.All.View(train[..(int)Math.Ceiling(way.Rows * train.Length)]), stops = rows.All.View(held), judged = rows.All.View(test);
        TrainingResult result = null!;
        var seconds = Figures.Seconds(() => result = TrainingLoop.Run(way.Recipe, set.Task, own, stops, seed, null, () => { }, calibrates: false));
        var passes = result.Epochs.Sum(report => (double)report.Rows) / train.Length;
        var (features, categories) = judged.Inputs(0, judged.Rows);
        var served = new float[judged.Rows * result.Network.Outputs];
        result.Network.Score(features, categories, served);
        if (set.Task == LearningTask.Regression)
        {
            var values = Memory.Of<float>(judged.Labels!.contiguous()).ToArray();
            return new(Math.Sqrt(served.Zip(values, (a, b) => (double)(a - b) * (a - b)).Average()), double.NaN, passes, seconds);
        }

        double[] says = set.Task == LearningTask.Binary ? [.. served.Select(z => 1 / (1 + Math.Exp(-z))).SelectMany(p => new[] { 1 - p, p })] : [.. served.Select(value => (double)value)];
        int[] labels = [.. Memory.Of<long>(judged.Labels!.contiguous()).ToArray().Select(label => (int)label)];
        var accuracy = says.Chunk(judged.Classes).Zip(labels, (row, label) => Array.IndexOf(row, row.Max()) == label ? 1.0 : 0).Average();
        return new(accuracy, CalibrationMetrics.Of(says, judged.Classes, labels, bootstrap: 0).LogLoss.Value, passes, seconds);
    }

    private static void Print(string bench, MixSet set, string way, Result[] results, Result[]? reference)
    {
        var isRegression = set.Task == LearningTask.Regression;
        var (metric, deviation) = QualityMeasure.Spread([.. results.Select(result => result.Metric)]);
        var classes = isRegression ? "" : FormattableString.Invariant($" logloss={results.Average(result => result.LogLoss):F4}{Gain("logloss-", result => result.LogLoss, smaller: true)}");
        Figures.Print($"{bench} {set.Name} way={way} metric={metric:F5} sd={deviation:F5}{Gain("", result => result.Metric, isRegression)}{classes} passes={results.Average(result => result.Passes):F1} seconds={results.Average(result => result.Seconds):F2} kind={(isRegression ? "rmse" : "accuracy")} seeds={results.Length}");

        string Gain(string prefix, Func<Result, double> figure, bool smaller)
        {
            if (reference is null)
                return "";
            var (difference, error) = QualityMeasure.Difference([.. results.Select(figure)], [.. reference.Select(figure)]);
            var sign = smaller ? -1 : 1;
            return FormattableString.Invariant($" {prefix}gain={sign * 100 * difference / reference.Average(figure):+0.00;-0.00} {prefix}errors={sign * difference / error:+0.0;-0.0}");
        }
    }
}
