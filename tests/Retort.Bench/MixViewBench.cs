using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>
/// What <c>ml.Data.Mix</c> brings to ML.NET's own trainers: <c>./bench mix-view [SET ...] [--seeds N] [--times X] [--without-originals]</c>. Splits and test rows are those of <c>./bench mix</c>; the trainers have their defaults, and see the training rows only.
/// <c>gain</c> is what the metric (accuracy, in regression the root of the mean squared error) is better than without mixing by, in percent and paired by split, <c>errors</c> the same in standard errors.
/// </summary>
internal static class MixViewBench
{
    private sealed record Result(double Metric, double LogLoss, double CalibrationError, double Seconds);

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Value { get; set; }

        public bool Flag { get; set; }

        public uint Class { get; set; }
    }

    public static void Run(string[] arguments)
    {
        var wanted = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var (seeds, times) = ((int)Number("--seeds", 10), Number("--times", 1));
        foreach (var set in MixSet.All.Where(set => wanted.Contains(set.Name) || wanted.Length == 0 && set.Name != "mnist"))
        {
            using var rows = set.Read();
            foreach (var (name, trainer) in Trainers(set.Task))
            {
                Result[]? none = null;
                foreach (var mixing in Methods.OfKind(typeof(Mixing)).Where(method => method.Serves(set.Task)).Select(method => (Mixing)method.Create()).Where(mixing => mixing.MixesTables && mixing is not CutMix).Prepend(null))
                {
                    Result[] results = [.. Enumerable.Range(1, seeds).Select(seed => Measure(set, rows, trainer, mixing, seed, times, !arguments.Contains("--without-originals")))];
                    none ??= results;
                    Print(set, name, mixing is null ? "none" : Methods.Of(mixing).Id, results, mixing is null ? null : none);
                }
            }
        }

        double Number(string name, double otherwise) => Array.IndexOf(arguments, name) is var at && at < 0 ? otherwise : double.Parse(arguments[at + 1], CultureInfo.InvariantCulture);
    }

    private static (string Name, Func<MLContext, IEstimator<ITransformer>> Make)[] Trainers(LearningTask task) => task switch
    {
        LearningTask.Regression => [("sdca", ml => ml.Regression.Trainers.Sdca("Value")), ("lbfgs-poisson", ml => ml.Regression.Trainers.LbfgsPoissonRegression("Value"))],
        LearningTask.Binary => [("lbfgs", ml => ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag", exampleWeightColumnName: "Weight"))],
        _ => [("lbfgs", ml => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Class", exampleWeightColumnName: "Weight"))],
    };

    private static Result Measure(MixSet set, DistillRows rows, Func<MLContext, IEstimator<ITransformer>> trainer, Mixing? mixing, int seed, double times, bool keepsOriginal)
    {
        var ml = new MLContext(seed);
        var (train, _, test) = rows.Split(seed);
        var (all, judged) = (View(ml, set, rows.All, train), View(ml, set, rows.All, test));
        var label = set.Task switch { LearningTask.Regression => "Value", LearningTask.Binary => "Flag", _ => "Class" };
        var scales = ml.Transforms.NormalizeMinMax("Features").Fit(all);
        var seen = mixing is null ? Weighted(ml, all) : ml.Data.Mix(all, mixing, label, times: times, keepsOriginal: keepsOriginal);
        ITransformer model = null!;
        var seconds = Figures.Seconds(() => model = trainer(ml).Fit(ml.Data.Cache(scales.Transform(seen))));
        var scored = model.Transform(scales.Transform(judged));
        if (set.Task == LearningTask.Regression)
            return new(ml.Regression.Evaluate(scored, label).RootMeanSquaredError, double.NaN, double.NaN, seconds);
        double[] says = set.Task == LearningTask.Binary
            ? [.. scored.GetColumn<float>("Probability").SelectMany(p => new[] { 1.0 - p, p })]
            : [.. scored.GetColumn<float[]>("Score").SelectMany(row => row.Select(p => (double)p))];
        int[] labels = set.Task == LearningTask.Binary ? [.. scored.GetColumn<bool>(label).Select(flag => flag ? 1 : 0)] : [.. scored.GetColumn<uint>(label).Select(key => (int)key - 1)];
        var metrics = CalibrationMetrics.Of(says, rows.All.Classes, labels, bootstrap: 0);
        return new(says.Chunk(rows.All.Classes).Zip(labels, (row, own) => Array.IndexOf(row, row.Max()) == own ? 1.0 : 0).Average(), metrics.LogLoss.Value, metrics.ExpectedCalibrationError.Value, seconds);
    }

    /// <summary>The weight that trainers read where nothing is mixed.</summary>
    private static IDataView Weighted(MLContext ml, IDataView view) => ml.Transforms.CustomMapping<Empty, One>((_, to) => to.Weight = 1, null).Fit(view).Transform(view);

    private sealed class Empty;

    private sealed class One
    {
        public float Weight { get; set; }
    }

    private static IDataView View(MLContext ml, MixSet set, Dataset all, long[] numbers)
    {
        using var scope = NewDisposeScope();
        using var rows = all.View(numbers);
        var features = Memory.Of<float>(rows.Inputs(0, rows.Rows).Features.contiguous()).ToArray().Chunk((int)all.Features.shape[1]).ToArray();
        var values = set.Task == LearningTask.Regression ? Memory.Of<float>(rows.Labels!.contiguous()).ToArray() : [.. Memory.Of<long>(rows.Labels!.contiguous()).ToArray().Select(label => (float)label)];
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features[0].Length);
        definition[nameof(Row.Class)].ColumnType = new KeyDataViewType(typeof(uint), Math.Max(2, all.Classes));
        return ml.Data.LoadFromEnumerable(features.Zip(values, (own, value) => new Row { Features = own, Value = value, Flag = value == 1, Class = (uint)Math.Max(0, value) }).ToArray(), definition);
    }

    private static void Print(MixSet set, string trainer, string mixing, Result[] results, Result[]? none)
    {
        var isRegression = set.Task == LearningTask.Regression;
        var (metric, deviation) = QualityMeasure.Spread([.. results.Select(result => result.Metric)]);
        var classes = isRegression ? "" : FormattableString.Invariant($" ece={results.Average(result => result.CalibrationError):F4} logloss={results.Average(result => result.LogLoss):F4}");
        var gain = "";
        if (none is not null)
        {
            var (difference, error) = QualityMeasure.Difference([.. results.Select(result => result.Metric)], [.. none.Select(result => result.Metric)]);
            var sign = isRegression ? -1 : 1;
            gain = FormattableString.Invariant($" gain={sign * 100 * difference / none.Average(result => result.Metric):+0.00;-0.00} errors={sign * difference / error:+0.0;-0.0}");
        }

        Figures.Print($"mix-view {set.Name} trainer={trainer} mixing={mixing} metric={metric:F5} sd={deviation:F5}{classes} seconds={results.Average(result => result.Seconds):F2}{gain} kind={(isRegression ? "rmse" : "accuracy")} seeds={results.Length}");
    }
}
