using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Bench;

/// <summary>
/// The debiased calibration error of four kinds of models before and after calibration, with intervals: <c>./bench reliability [phoneme] [mammography] [mnist]</c>.
/// </summary>
/// <remarks>
/// 60 % of the rows train, 20 % calibrate, 20 % (1,000 or more) are measured, over three splits. <c>linear</c> is ML.NET's own L-BFGS trainer, <c>network</c> the default recipe, <c>overfit</c> a wide network that trains
/// far beyond its best epoch, <c>noisy</c> a network whose training labels are to 30 % wrong. The calibration is the one with the best five-fold Brier score on the calibration rows: the measured rows choose nothing.
/// </remarks>
internal static class ReliabilityBench
{
    private const int Splits = 3, Folds = 5;

    private static readonly Calibration[] s_calibrations =
        [new TemperatureScaling(), new SmoothedTemperatureScaling(), new PlattScaling(), new BetaCalibration(), new IsotonicCalibration(), new VectorScaling(), new StructuredMatrixScaling(), new DirichletCalibration(), new HistogramBinning(), new VennAbers()];

    private sealed class Row
    {
        [VectorType]
        public float[] Features { get; set; } = [];

        public uint Class { get; set; }

        public bool Flag { get; set; }
    }

    public static void Run(string[] arguments)
    {
        var sets = new Dictionary<string, Func<(List<Row> Rows, int Classes)>> { ["phoneme"] = () => Table("phoneme"), ["mammography"] = () => Table("mammography"), ["mnist"] = Mnist };
        foreach (var (name, read) in sets)
            if (arguments.Length == 0 || arguments.Contains(name))
            {
                var (rows, classes) = read();
                foreach (var kind in new[] { "linear", "network", "overfit", "noisy" })
                    for (var split = 1; split <= Splits; split++)
                        Measure(name, kind, split, rows, classes);
            }
    }

    private static void Measure(string set, string kind, int number, List<Row> rows, int classes)
    {
        var random = new Generator((ulong)number);
        var order = random.Permutation(rows.Count);
        var (first, second) = (rows.Count * 3 / 5, rows.Count * 4 / 5);
        var ml = new MLContext(seed: number);
        var train = View(Part(0, first).Select(row => kind == "noisy" && random.Uniform() < 0.3 ? Wrong(row) : row));
        var (held, test) = (View(Part(first, second)), View(Part(second, rows.Count)));

        var model = (classes == 2 ? Binary(ml, kind) : Multiclass(ml, kind)).Fit(train);
        var (before, best) = (Evaluate(model.Transform(test)), Best(model.Transform(held)));
        ITransformer calibrator = classes == 2 ? ml.BinaryClassification.Calibrate(best).Fit(model.Transform(held)) : ml.MulticlassClassification.Calibrate(best).Fit(model.Transform(held));
        var after = Evaluate(calibrator.Transform(model.Transform(test)));
        var (e, a) = (before.DebiasedCalibrationError, after.DebiasedCalibrationError);
        Figures.Print(
            $"reliability {set} model={kind} split={number} rows={before.Rows} calibration={Methods.Of(best).Id} before={e.Value:F4} low={e.Low:F4} high={e.High:F4} after={a.Value:F4} low={a.Low:F4} high={a.High:F4} logloss={before.LogLoss.Value:F4} after-logloss={after.LogLoss.Value:F4} reached={(a.Value <= 0.02 && a.Value < e.Low ? "yes" : "no")}");

        IEnumerable<Row> Part(int from, int to) => order[from..to].Select(row => rows[(int)row]);

        Row Wrong(Row row) => new() { Features = row.Features, Flag = !row.Flag, Class = (uint)((row.Class - 1 + 1 + random.Below(classes - 1)) % classes) + 1 };

        IDataView View(IEnumerable<Row> part)
        {
            var schema = SchemaDefinition.Create(typeof(Row));
            schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
            schema[nameof(Row.Class)].ColumnType = new KeyDataViewType(typeof(uint), classes);
            if (classes == 2)
                schema[nameof(Row.Flag)].ColumnName = "Label";
            else
                schema[nameof(Row.Class)].ColumnName = "Label";
            return ml.Data.LoadFromEnumerable(part.Select(row => new Row { Features = row.Features, Flag = row.Flag, Class = row.Class - 1 }).ToArray(), schema); // a key member is read from 0
        }

        CalibrationMetrics Evaluate(IDataView scored) => classes == 2 ? ml.BinaryClassification.EvaluateCalibration(scored) : ml.MulticlassClassification.EvaluateCalibration(scored);

        Calibration Best(IDataView scored)
        {
            var (logits, labels) = Read(scored, classes);
            return s_calibrations.MinBy(calibration => Brier(calibration, logits, labels, classes))!;
        }
    }

    private static double Brier(Calibration calibration, double[][] logits, int[] labels, int classes)
    {
        var sum = 0.0;
        for (var fold = 0; fold < Folds; fold++)
        {
            var kept = Enumerable.Range(0, labels.Length).Where(row => row % Folds != fold).ToArray();
            var calibrator = calibration.Fit(new CalibrationRows([.. kept.SelectMany(row => logits[row])], classes, [.. kept.Select(row => labels[row])], null));
            for (var row = fold; row < labels.Length; row += Folds)
            {
                double[] p = [.. logits[row]];
                calibrator.Apply(p);
                for (var k = 0; k < classes; k++)
                    sum += (p[k] - (labels[row] == k ? 1 : 0)) * (p[k] - (labels[row] == k ? 1 : 0));
            }
        }

        return sum / labels.Length;
    }

    private static (double[][] Logits, int[] Labels) Read(IDataView scored, int classes)
    {
        if (classes == 2)
            return ([.. scored.GetColumn<float>("Probability").Select(p => new[] { 0, Math.Log(Math.Max(p, 1e-30)) - Math.Log(Math.Max(1 - p, 1e-30)) })], [.. scored.GetColumn<bool>("Label").Select(label => label ? 1 : 0)]);
        return ([.. scored.GetColumn<float[]>("Score").Select(p => p.Select(value => Math.Log(Math.Max(value, 1e-30))).ToArray())], [.. scored.GetColumn<uint>("Label").Select(key => (int)key - 1)]);
    }

    private static IEstimator<ITransformer> Binary(MLContext ml, string kind) => kind == "linear"
        ? ml.Transforms.NormalizeMeanVariance("Features").Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression())
        : ml.BinaryClassification.Trainers.Network(Recipe(kind, true));

    private static IEstimator<ITransformer> Multiclass(MLContext ml, string kind) => kind == "linear"
        ? ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l2Regularization: 0.1f, l1Regularization: 0)
        : ml.MulticlassClassification.Trainers.Network(Recipe(kind, false));

    private static Recipe Recipe(string kind, bool scales) => kind switch
    {
        "overfit" => new() { Network = new Mlp { Layers = 2, Width = 256, ScalesFeatures = scales }, HoldOut = 0, Epochs = 150, BatchSize = 64, Optimizer = new AdamW { WeightDecay = 0, LearningRate = 3e-3 }, Schedule = new ConstantRate() },
        _ => new() { Network = new Mlp { ScalesFeatures = scales }, BatchSize = 64 },
    };

    private static (List<Row> Rows, int Classes) Table(string name)
    {
        var table = QualitySet.All.Single(set => set.Name == name).Read();
        using var all = table.Dataset([.. Enumerable.Range(0, table.Rows)]);
        var (features, labels) = (Memory.Of<float>(all.Features).ToArray(), Memory.Of<long>(all.Labels!).ToArray());
        var width = features.Length / labels.Length;
        return ([.. labels.Select((label, row) => new Row { Features = features[(row * width)..((row + 1) * width)], Flag = label == 1, Class = (uint)label + 1 })], 2);
    }

    private static (List<Row> Rows, int Classes) Mnist()
    {
        var (pixels, labels) = (Unpacked("mnist-t10k-images-idx3-ubyte.gz")[16..], Unpacked("mnist-t10k-labels-idx1-ubyte.gz")[8..]);
        return ([.. labels.Select((label, row) => new Row { Features = [.. pixels.AsSpan(row * 784, 784).ToArray().Select(pixel => pixel / 255f)], Class = label + 1u })], 10);

        static byte[] Unpacked(string file)
        {
            using var stream = new GZipStream(File.OpenRead(Path.Combine("..", "shared", "data", file)), CompressionMode.Decompress);
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        }
    }
}
