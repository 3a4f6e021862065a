using System.Globalization;
using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>
/// What mixing rows brings, at its defaults: <c>./bench mix [SET ...] [--mixings ID,...] [--also JSON ...] [--recipe JSON ...] [--seeds N] [--from N] [--validation]</c>, by default all sets of <see cref="MixSet"/> and all mixings, with ten seeds.
/// </summary>
/// <remarks>
/// A seed is a split with its starting weights and row order; a line's network differs from that of <c>none</c> in the mixing alone, and that of <c>dropout</c>, a rival, in dropout. The validation rows stop both. <c>metric</c> is the accuracy, in regression the root of the mean squared error;
/// <c>gain</c> is what it is better than none by, in percent of none's and paired by split, <c>errors</c> the same in standard errors; <c>logloss-gain</c> likewise. With <c>--validation</c> the held-out rows are measured in place of the test rows,
/// which choose nothing. What was measured is a line at once, so that a run may be ended and go on with the methods that are missing.
/// </remarks>
internal static class MixBench
{
    private const double Dropout = 0.3; // as a rival

    private sealed record Result(double Metric, double LogLoss, double CalibrationError, double Seconds);

    public static void Run(string[] arguments)
    {
        var wanted = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var seeds = Option("--seeds").SingleOrDefault() is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : 10;
        var first = Option("--from").SingleOrDefault() is { } begin ? int.Parse(begin, CultureInfo.InvariantCulture) : 1;
        var ids = Option("--mixings").SingleOrDefault()?.Split(',');
        foreach (var set in MixSet.All.Where(set => wanted.Length == 0 || wanted.Contains(set.Name)))
        {
            Mixing[] mixings =
            [
                .. Methods.OfKind(typeof(Mixing)).Where(method => method.Serves(set.Task) && ids?.Contains(method.Id) != false).Select(method => (Mixing)method.Create()),
                .. Option("--also").Select(MethodJson.Read<Mixing>),
            ];
            Recipe[] recipes = [.. Option("--recipe").Select(Recipe.FromJson)];
            foreach (var recipe in recipes is [] ? [set.Recipe] : recipes)
                Compare(set, recipe, mixings, first, seeds, arguments.Contains("--validation"), ids?.Contains("dropout") != false);
        }

        string[] Option(string name) => [.. arguments.Index().Where(argument => argument.Item == name).Select(argument => arguments[argument.Index + 1])];
    }

    private static void Compare(MixSet set, Recipe recipe, Mixing[] mixings, int first, int seeds, bool validation, bool rivals)
    {
        using var rows = set.Read();
        Result[]? none = null;
        (string Name, Recipe Recipe)[] ways = [("none", recipe), .. mixings.Select(mixing => (Name(mixing), recipe with { Mixing = mixing })), .. rivals && recipe.Network is Mlp mlp ? [("dropout", recipe with { Network = mlp with { Dropout = Dropout } })] : Array.Empty<(string, Recipe)>()];
        foreach (var (name, way) in ways)
        {
            try
            {
                Result[] results = [.. Enumerable.Range(first, seeds).Select(seed => Measure(set, rows, way, seed, validation))];
                none ??= results;
                Print(set, name, results, ReferenceEquals(none, results) ? null : none);
            }
            catch (Exception e) when (e is ArgumentException or DivergedRunException) // a mixing that refuses the set is a line of the table
            {
                Console.WriteLine($"mix {set.Name} mixing={name} skipped: {e.Message}");
            }
        }
    }

    private static Result Measure(MixSet set, DistillRows rows, Recipe recipe, int seed, bool validation)
    {
        using var scope = NewDisposeScope();
        var (train, held, test) = rows.Split(seed);
        using Dataset own = rows.All.View(train), stops = rows.All.View(held), judged = validation ? stops : rows.All.View(test);
        FittedNetwork network = null!;
        var seconds = Figures.Seconds(() => network = TrainingLoop.Run(recipe, set.Task, own, stops, seed, null, () => { }, calibrates: false).Network);
        var (features, categories) = judged.Inputs(0, judged.Rows);
        var served = new float[judged.Rows * network.Outputs];
        network.Score(features, categories, served);
        if (set.Task == LearningTask.Regression)
        {
            var values = Memory.Of<float>(judged.Labels!.contiguous()).ToArray();
            return new(Math.Sqrt(served.Zip(values, (a, b) => (double)(a - b) * (a - b)).Average()), double.NaN, double.NaN, seconds);
        }

        double[] says = set.Task == LearningTask.Binary ? [.. served.Select(z => 1 / (1 + Math.Exp(-z))).SelectMany(p => new[] { 1 - p, p })] : [.. served.Select(value => (double)value)];
        int[] labels = [.. Memory.Of<long>(judged.Labels!.contiguous()).ToArray().Select(label => (int)label)];
        var metrics = CalibrationMetrics.Of(says, judged.Classes, labels, bootstrap: 0);
        return new(says.Chunk(judged.Classes).Zip(labels, (row, label) => Array.IndexOf(row, row.Max()) == label ? 1.0 : 0).Average(), metrics.LogLoss.Value, metrics.ExpectedCalibrationError.Value, seconds);
    }

    private static void Print(MixSet set, string name, Result[] results, Result[]? none)
    {
        var isRegression = set.Task == LearningTask.Regression;
        var (metric, deviation) = QualityMeasure.Spread([.. results.Select(result => result.Metric)]);
        var classes = isRegression ? "" : FormattableString.Invariant($" ece={results.Average(result => result.CalibrationError):F4} logloss={results.Average(result => result.LogLoss):F4}{Gain("logloss-", result => result.LogLoss, smaller: true)}");
        Figures.Print($"mix {set.Name} mixing={name} metric={metric:F5} sd={deviation:F5}{classes} seconds={results.Average(result => result.Seconds):F2}{Gain("", result => result.Metric, isRegression)} kind={(isRegression ? "rmse" : "accuracy")} seeds={results.Length}");

        string Gain(string prefix, Func<Result, double> figure, bool smaller)
        {
            if (none is null)
                return "";
            var (difference, error) = QualityMeasure.Difference([.. results.Select(figure)], [.. none.Select(figure)]);
            var sign = smaller ? -1 : 1;
            return FormattableString.Invariant($" {prefix}gain={sign * 100 * difference / none.Average(figure):+0.00;-0.00} {prefix}errors={sign * difference / error:+0.0;-0.0}");
        }
    }

    /// <summary>The id, and of settings those that differ from the defaults.</summary>
    private static string Name(Mixing mixing)
    {
        var method = Methods.Of(mixing);
        var fresh = method.Create();
        var changed = method.Type.GetProperties().Where(p => p.SetMethod is not null && !Equals(p.GetValue(mixing), p.GetValue(fresh))).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name}:{p.GetValue(mixing)}"));
        return string.Join(',', changed.Prepend(method.Id));
    }
}
