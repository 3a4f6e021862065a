using System.Globalization;
using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>
/// What each loss brings on real tables, over ten splits: <c>./bench losses [mammography] [phoneme] [digits] [abalone] [wine] [--seeds N] [--only LOSS,...] [--recipe JSON] [--validation]</c>, by default all.
/// </summary>
/// <remarks>
/// 60 % of the rows train, 20 % say when to stop, choose thresholds and calibrate, 20 % are measured. One network and one optimizer for all losses of a set: only the loss differs.
/// <c>mammography</c> and <c>phoneme</c>: F1 at 0.5 and at the threshold that is best on the validation rows, AUC, log-loss and ECE, with the probabilities as they are and after Platt scaling.
/// <c>digits</c>: 40 % of the training and validation labels are wrong, evenly spread over the other digits; accuracy on right labels, of the last epoch and of the epoch that the wrong
/// labels of the validation rows choose. <c>abalone</c>: root of the squared error, absolute error, and the coverage of predicted intervals. <c>wine</c>: the quality as an ordered class; log-loss, and the Brier score of the rare best ones.
/// Differences to the first loss are paired; <c>errors</c> counts them in standard errors.
/// </remarks>
internal static class LossesBench
{
    private const int Lanes = 2;
    private const double Noise = 0.4;

    private static string[]? s_only;

    private static bool s_validation; // binary sets are then measured on the validation rows, for choosing their recipe

    private static Recipe s_binary = new() { Network = new Mlp { Layers = 2, Width = 128 }, BatchSize = 512, Epochs = 200, Patience = 60, Optimizer = new AdamW { LearningRate = 0.005 } }; // chosen on validation rows

    private static readonly Recipe s_recipe = new() { Network = new Mlp { Layers = 2, Width = 64 }, BatchSize = 128, Epochs = 150, Patience = 40, Optimizer = new AdamW { LearningRate = 3e-3 } };

    public static void Run(string[] arguments)
    {
        var seeds = Option("--seeds") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 10;
        s_only = Option("--only")?.Split(',');
        s_binary = Option("--recipe") is { } json ? Recipe.FromJson(json) : s_binary;
        s_validation = arguments.Contains("--validation");
        var wanted = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var sets = new Dictionary<string, Action<int>> { ["mammography"] = n => Binary("mammography", n), ["phoneme"] = n => Binary("phoneme", n), ["digits"] = Digits, ["abalone"] = Abalone, ["wine"] = Wine };
        foreach (var (name, run) in sets)
            if (wanted.Length == 0 || wanted.Contains(name))
                run(seeds);

        string? Option(string name) => Array.IndexOf(arguments, name) is var place and >= 0 ? arguments[place + 1] : null;
    }

    private static void Binary(string set, int seeds)
    {
        var table = QualitySet.All.Single(one => one.Name == set).Read();
        Loss[] losses = [new CrossEntropyLoss(), new FocalLoss(), new SampleFocalLoss(), new BrierLoss(), new KernelCalibrationLoss(), new LogitAdjustmentLoss(), new DiceLoss(), new DiceLoss { SquaredDenominator = false }, new TverskyLoss(), new AnyLoss(), new MannWhitneyLoss(), new EnsembleLoss(), new CompSumLoss(), new StableMaxLoss(), new OutputZLoss(), new LossReweighting(), new Cooldown()];
        Compare(set, losses, seeds, [.. new[] { "", "calibrated-" }.SelectMany(way => new[] { "f1", "tuned-f1", "auc", "logloss", "ece" }.Select(name => way + name))], (loss, seed) =>
        {
            var split = table.Split(seed);
            using var train = table.Dataset(split.Train);
            using var held = table.Dataset(split.Validation);
            using var test = table.Dataset(s_validation ? split.Validation : split.Test);
            var network = Train(s_binary with { Loss = loss }, LearningTask.Binary, train, held, seed);
            var (heldLogits, testLogits) = (Outputs(network, held), Outputs(network, test));
            using var scope = NewDisposeScope();
            var calibrator = new PlattScaling().Fit(Pair(heldLogits), held.Labels!);
            return [.. Measure(z => 1 / (1 + Math.Exp(-z))), .. Measure(z => Calibrated(calibrator, z))];

            double[] Measure(Func<double, double> probability)
            {
                var (known, asked) = (heldLogits.Select(z => probability(z)).ToArray(), testLogits.Select(z => probability(z)).ToArray());
                var labels = Classes(test);
                var calibration = CalibrationMetrics.Of([.. asked.SelectMany(p => new[] { 1 - p, p })], 2, labels, bootstrap: 0);
                var half = ThresholdMetrics.Of(asked, labels, bootstrap: 0);
                var tuned = ThresholdMetrics.Of(asked, labels, threshold: ThresholdMetrics.Choose(known, Classes(held)), bootstrap: 0);
                return [half.FScore.Value, tuned.FScore.Value, half.AreaUnderRocCurve.Value, calibration.LogLoss.Value, calibration.ExpectedCalibrationError.Value];
            }
        });
    }

    private static void Digits(int seeds)
    {
        var lines = File.ReadAllLines(Path.Combine("samples", "data", "digits.csv"))[1..].Select(line => line.Split(',').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        Loss[] losses = [new CrossEntropyLoss(), new CompSumLoss(), new LabelRobustLoss(), new LabelRobustLoss { Normalised = false }, new AdaptiveLabelRobustLoss(), new AdaptiveLabelRobustLoss { Normalised = false }, new FocalLoss(), new CompSumLoss { Tau = 2 }, new BrierLoss(), new SphericalZLoss(), new DiceLoss(), new StableMaxLoss(), new LossReweighting()];
        Compare("digits-noise", losses, seeds, ["last-accuracy", "chosen-accuracy"], (loss, seed) =>
        {
            var random = new Generator((ulong)seed);
            var order = random.Permutation(lines.Length);
            var (first, second) = (lines.Length * 3 / 5, lines.Length * 4 / 5);
            using var train = Rows(order[..first], true);
            using var held = Rows(order[first..second], true);
            using var test = Rows(order[second..], false);
            var recipe = new Recipe { Network = new Mlp { Layers = 2, Width = 64 }, BatchSize = 64, Patience = 100, Loss = loss };
            return [Accuracy(Train(recipe with { HoldOut = 0 }, LearningTask.Multiclass, train, null, seed), test), Accuracy(Train(recipe, LearningTask.Multiclass, train, held, seed), test)];

            Dataset Rows(long[] rows, bool noisy)
            {
                var features = rows.SelectMany(row => lines[row][..64]).ToArray();
                var labels = rows.Select(row => (long)lines[row][64]).Select(label => noisy && random.Uniform() < Noise ? (label + 1 + random.Below(9)) % 10 : label).ToArray();
                return new() { Features = tensor(features, dtype: float32).view(rows.Length, 64), Labels = tensor(labels, dtype: int64), Classes = 10 };
            }
        });
    }

    private static void Abalone(int seeds)
    {
        var table = QualitySet.All.Single(one => one.Name == "abalone").Read();
        Loss[] losses = [new SquaredLoss(), new HuberLoss(), new PseudoHuberLoss(), new LogCoshLoss(), new PinballLoss(), new GaussianLoss(), new GaussianLoss { Beta = 0.5 }, new PoissonLoss(), new TweedieLoss(), new SoftLevelLoss(), new CauchySchwarzLoss()];
        Compare("abalone", losses, seeds, ["rmse", "mae", "coverage90", "width90"], (loss, seed) =>
        {
            var split = table.Split(seed);
            using var train = table.Dataset(split.Train);
            using var held = table.Dataset(split.Validation);
            using var test = table.Dataset(split.Test);
            var network = Train(s_recipe with { Loss = loss, BatchSize = 64 }, LearningTask.Regression, train, held, seed);
            var (outputs, width) = (Served(network, test), network.Outputs);
            var labels = Memory.Of<float>(test.Labels!).ToArray();
            var middle = network.Link.Function == LinkFunction.Quantiles ? 1 : 0;
            var (squares, absolutes, covered, widths) = (0.0, 0.0, 0.0, 0.0);
            for (var row = 0; row < labels.Length; row++)
            {
                var own = outputs.AsSpan(row * width, width);
                var error = own[middle] - labels[row];
                (squares, absolutes) = (squares + error * error, absolutes + Math.Abs(error));
                var (low, high) = network.Link.Function switch
                {
                    LinkFunction.Quantiles => (own[0], own[2]),
                    LinkFunction.MeanAndDeviation => (own[0] - 1.645f * own[1], own[0] + 1.645f * own[1]),
                    _ => (float.NaN, float.NaN),
                };
                (covered, widths) = (covered + (float.IsNaN(low) ? double.NaN : labels[row] >= low && labels[row] <= high ? 1 : 0), widths + high - low);
            }

            return [Math.Sqrt(squares / labels.Length), absolutes / labels.Length, covered / labels.Length, widths / labels.Length];
        });
    }

    private static void Wine(int seeds)
    {
        var table = QualitySet.All.Single(one => one.Name == "wine").Read();
        (string Name, Func<Dataset, Dataset, int, FittedNetwork> Fit)[] models =
        [
            ("linear", (train, held, seed) => Train(s_recipe with { Network = new LinearNetwork(), BatchSize = 64, Epochs = 200 }, LearningTask.Multiclass, train, held, seed)),
            ("presto-proportional", (train, _, seed) => PrestoFit.Of(new Presto { Lambdas = [1] }, train, seed, () => { }).Network),
            ("presto-separate", (train, _, seed) => PrestoFit.Of(new Presto { Lambdas = [0] }, train, seed, () => { }).Network),
            ("presto", (train, _, seed) => PrestoFit.Of(new Presto(), train, seed, () => { }).Network),
        ];
        Compare("wine-classes", models, model => model.Name, seeds, ["logloss", "brier", "best-brier"], (model, seed) =>
        {
            var split = table.Split(seed);
            using var train = Classed(split.Train);
            using var held = Classed(split.Validation);
            using var test = Classed(split.Test);
            var network = model.Fit(train, held, seed);
            var (p, labels) = (Served(network, test), Classes(test));
            var (surprise, brier, best) = (0.0, 0.0, 0.0);
            for (var row = 0; row < labels.Length; row++)
            {
                var own = p.AsSpan(row * 5, 5);
                surprise -= Math.Log(Math.Max(own[labels[row]], 1e-7));
                for (var k = 0; k < 5; k++)
                    brier += Math.Pow(own[k] - (labels[row] == k ? 1 : 0), 2);
                best += Math.Pow(own[4] - (labels[row] == 4 ? 1 : 0), 2);
            }

            return [surprise / labels.Length, brier / labels.Length, best / labels.Length];
        });

        Dataset Classed(int[] rows) // 3 and 4, 5, 6, 7, 8 and 9
        {
            var data = table.Dataset(rows);
            return new() { Features = data.Features, Labels = (data.Labels!.clamp(4, 8) - 4).to_type(int64), Classes = 5 };
        }
    }

    private static void Compare(string set, Loss[] losses, int seeds, string[] names, Func<Loss, int, double[]> measure) => Compare(set, losses, Name, seeds, names, measure);

    private static void Compare<T>(string set, T[] models, Func<T, string> name, int seeds, string[] names, Func<T, int, double[]> measure)
    {
        double[][]? first = null;
        foreach (var model in models)
        {
            if (first is not null && s_only?.Contains(name(model).Split(',')[0]) == false)
                continue;
            var results = new double[seeds][];
            Parallel.For(0, seeds, new() { MaxDegreeOfParallelism = Lanes }, seed => results[seed] = measure(model, seed + 1));
            first ??= results;
            var text = string.Join(' ', names.Select((figure, i) =>
            {
                var (mean, deviation) = QualityMeasure.Spread([.. results.Select(result => result[i])]);
                var (difference, error) = QualityMeasure.Difference([.. results.Select(result => result[i])], [.. first.Select(result => result[i])]);
                return FormattableString.Invariant($"{figure}={mean:F4} sd={deviation:F4}") + (ReferenceEquals(first, results) ? "" : FormattableString.Invariant($" difference={difference:+0.0000;-0.0000} errors={difference / error:+0.0;-0.0}"));
            }));
            Figures.Print($"losses {set} loss={name(model)} {text}");
        }
    }

    /// <summary>The id, and of settings those that differ from the defaults.</summary>
    private static string Name(Loss loss)
    {
        var method = Methods.Of(loss);
        var fresh = method.Create();
        var changed = method.Type.GetProperties().Where(p => p.SetMethod is not null && !Equals(p.GetValue(loss), p.GetValue(fresh))).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name}:{p.GetValue(loss)}"));
        return string.Join(',', changed.Prepend(method.Id));
    }

    /// <summary>A network whose probabilities are as its loss left them.</summary>
    private static FittedNetwork Train(Recipe recipe, LearningTask task, Dataset train, Dataset? held, int seed) =>
        TrainingLoop.Run(recipe, task, train, held, seed, null, () => { }, calibrates: false).Network;

    private static float[] Outputs(FittedNetwork network, Dataset rows)
    {
        using var scope = NewDisposeScope();
        return Memory.Of<float>(network.Forward(rows.Features, rows.Categories).contiguous()).ToArray();
    }

    private static float[] Served(FittedNetwork network, Dataset rows)
    {
        var outputs = Outputs(network, rows);
        for (var start = 0; start < outputs.Length; start += network.Outputs)
            network.Finish(outputs.AsSpan(start, network.Outputs));
        return outputs;
    }

    private static double Accuracy(FittedNetwork network, Dataset rows)
    {
        var (outputs, labels) = (Outputs(network, rows), Classes(rows));
        return labels.Select((label, row) => Logits.ArgMax(outputs.AsSpan(row * network.Outputs, network.Outputs)) == label ? 1.0 : 0).Average();
    }

    private static int[] Classes(Dataset rows) => [.. Memory.Of<long>(rows.Labels!).ToArray().Select(label => (int)label)];

    private static Tensor Pair(float[] logits)
    {
        var z = tensor(logits, dtype: float32).unsqueeze(1);
        return cat([zeros_like(z), z], 1);
    }

    private static double Calibrated(Calibrator calibrator, double z)
    {
        Span<double> row = [0, z];
        calibrator.Apply(row);
        return row[1];
    }
}
