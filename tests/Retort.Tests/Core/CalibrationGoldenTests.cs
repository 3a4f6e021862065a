using System.Globalization;

namespace Retort.Tests;

/// <summary>Calibrations and metrics beside scikit-learn and SciPy: the numbers and the script that made them lie in Golden.</summary>
[TestClass]
public sealed class CalibrationGoldenTests
{
    private const int Rows = 60;

    private static readonly Dictionary<string, Calibration> Calibrations = new()
    {
        ["temperature"] = new TemperatureScaling(),
        ["platt"] = new PlattScaling(),
        ["isotonic"] = new IsotonicCalibration(),
        ["beta"] = new BetaCalibration(),
        ["venn-abers"] = new VennAbers(),
        ["vector"] = new VectorScaling { Penalty = 1e-3 },
        ["matrix"] = new MatrixScaling { Penalty = 1e-3 },
        ["dirichlet"] = new DirichletCalibration { OffDiagonal = 1e-2, Offset = 1e-2 },
    };

    public static IEnumerable<object[]> Lines => File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "calibration.txt")).Select(line => new object[] { line.Split(' ')[0], int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture), line });

    private static double[] Numbers(string line) => [.. line.Split(' ')[2..].Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    private static Scores Table(int classes)
    {
        var logits = new double[Rows * classes];
        var labels = new int[Rows];
        for (var i = 0; i < Rows; i++)
        {
            var best = double.NegativeInfinity;
            for (var k = 0; k < classes; k++)
            {
                var logit = logits[i * classes + k] = 3 * Math.Sin(1.7 * i + 2.3 * k + 0.5) + Math.Cos(0.9 * i * k);
                if (logit + 2.5 * Math.Sin(3.1 * i + 5.7 * k) is var own && own > best)
                    (best, labels[i]) = (own, k);
            }
        }

        return new(logits, classes, labels, [.. Enumerable.Range(0, Rows).Select(i => 1 + i % 4 / 2.0)]);
    }

    private static double[] Softmax(Scores scores)
    {
        var probabilities = (double[])scores.Logits.Clone();
        for (var row = 0; row < scores.Count; row++)
            Logits.Softmax(probabilities.AsSpan(row * scores.Classes, scores.Classes));
        return probabilities;
    }

    [TestMethod, DynamicData(nameof(Lines))]
    public void Numbers_agree_with_the_source(string name, int classes, string line)
    {
        var expected = Numbers(line);
        if (Calibrations.TryGetValue(name, out var calibration))
        {
            var scores = Table(classes);
            var calibrator = calibration.Fit(scores.Rows(0));
            for (var row = 0; row < Rows; row++)
            {
                var own = scores.Row(row).ToArray();
                calibrator.Apply(own);
                for (var k = 0; k < classes; k++)
                    Assert.AreEqual(expected[row * classes + k], own[k], name is "isotonic" or "venn-abers" ? 1e-9 : 3e-5, $"row {row}, class {k}"); // the others by searches that end early
            }

            return;
        }

        Assert.AreEqual(expected[0], Metric(name, classes), name == "smooth" ? 2e-4 : 1e-10);
    }

    private static double Metric(string name, int classes)
    {
        var scores = Table(Math.Max(classes, 2));
        if (name == "pinball")
        {
            var predictions = new double[3 * Rows];
            for (var i = 0; i < 3 * Rows; i++)
                predictions[i] = scores.Logits[i / 3 * 2] / 3 + i % 3 - 1;
            return QuantileMetrics.Of(predictions, [0.1, 0.5, 0.9], [.. Enumerable.Range(0, Rows).Select(i => 2 * Math.Sin(i))], scores.Weights, 0).Pinball.Value;
        }

        var probabilities = Softmax(scores);
        var calibration = CalibrationMetrics.Of(probabilities, scores.Classes, scores.Labels, scores.Weights, 0);
        var threshold = classes == 2
            ? ThresholdMetrics.Of([.. Enumerable.Range(0, Rows).Select(i => Math.Round(probabilities[2 * i + 1], 1))], scores.Labels, scores.Weights, 0.4, 2, 0) : null;
        return name switch
        {
            "accuracy" => calibration.Accuracy.Value,
            "log-loss" => calibration.LogLoss.Value,
            "brier" => calibration.BrierScore.Value,
            "reliability" => calibration.Reliability.Value,
            "resolution" => calibration.Resolution.Value,
            "uncertainty" => calibration.Uncertainty.Value,
            "ece" => calibration.ExpectedCalibrationError.Value,
            "classwise" => calibration.ClasswiseCalibrationError.Value,
            "mce" => calibration.MaximumCalibrationError.Value,
            "aurc" => calibration.RiskCoverageArea.Value,
            "smooth" => calibration.SmoothCalibrationError.Value,
            "auc" => threshold!.AreaUnderRocCurve.Value,
            "t-accuracy" => threshold!.Accuracy.Value,
            "precision" => threshold!.Precision.Value,
            "recall" => threshold!.Recall.Value,
            "specificity" => threshold!.Specificity.Value,
            "f2" => threshold!.FScore.Value,
            "balanced" => threshold!.BalancedAccuracy.Value,
            "mcc" => threshold!.MatthewsCorrelation.Value,
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }
}
