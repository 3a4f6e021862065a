using System.Globalization;
using System.Runtime.InteropServices;

namespace Retort.Bench;

/// <summary>
/// Fitting and applying each calibration at 100,000 rows of 10 classes, on one thread, in turn with scikit-learn's CalibratedClassifierCV where it has the method. The ratio is how many times as long scikit-learn takes for both
/// together, or, where it has nothing of the kind, our own isotonic calibration. All times are processor time, which other programs on the machine hardly change.
/// </summary>
internal static class CalibrateBench
{
    private const int Rows = 100_000, Classes = 10, Rounds = 5, WarmUps = 2;

    private static readonly Dictionary<string, string> Known = new() { ["platt"] = "sigmoid", ["isotonic"] = "isotonic" };

    public static void Run(string[] wanted)
    {
        var (logits, labels) = Numbers();
        var folder = Directory.CreateTempSubdirectory("retort-calibrate-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "logits"), MemoryMarshal.AsBytes<double>(logits));
            File.WriteAllBytes(Path.Combine(folder, "labels"), MemoryMarshal.AsBytes<int>(labels));
            using var python = Python.Start("calibrate.py", folder);
            foreach (var method in Methods.All.Where(method => method.Kind == nameof(Calibration) && (wanted.Length == 0 || wanted.Contains(method.Id))))
                Measure((Calibration)method.Create(), method.Id);

            void Measure(Calibration calibration, string id)
            {
                var beside = Known.GetValueOrDefault(id);
                var rounds = new List<(double Fit, double Apply, double Other)>();
                for (var round = -WarmUps; round < Rounds; round++)
                {
                    var (fit, apply) = Time(calibration);
                    var other = beside is null ? Time(new IsotonicCalibration()) : Ask(beside);
                    if (round >= 0)
                        rounds.Add((fit, apply, other.Fit + other.Apply));
                }

                var ratio = Figures.Ratio([.. rounds.Select(r => r.Other)], [.. rounds.Select(r => r.Fit + r.Apply)]);
                Figures.Print($"calibrate {id} fitMs={1000 * Figures.Median(rounds.Select(r => r.Fit)):F1} applyMs={1000 * Figures.Median(rounds.Select(r => r.Apply)):F1} {ratio} beside={(beside is null ? "isotonic" : "scikit-learn")} besideMs={1000 * Figures.Median(rounds.Select(r => r.Other)):F1} rows={Rows} classes={Classes}");
            }

            (double Fit, double Apply) Ask(string method)
            {
                double[] answer = [.. python.Ask($"calibrate {method}").Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
                return (answer[0], answer[1]);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        (double Fit, double Apply) Time(Calibration calibration)
        {
            var copies = Copies(logits, calibration.CopiesOfRows);
            Calibrator calibrator = null!;
            var rows = new CalibrationRows((double[])logits.Clone(), Classes, labels, null, (double[]?)copies?.Clone());
            var fit = Processor(() => calibrator = calibration.Fit(rows));
            var probabilities = (double[])logits.Clone(); // in place, on either side of the calibration
            var apply = Processor(() =>
            {
                var size = calibration.CopiesOfRows * Classes;
                for (var row = 0; row < Rows; row++)
                    calibrator.Apply(probabilities.AsSpan(row * Classes, Classes), copies is null ? [] : copies.AsSpan(row * size, size));
            });
            return (fit, apply);
        }
    }

    private static double[]? Copies(double[] logits, int count)
    {
        if (count == 0)
            return null;
        var random = new Generator(2);
        var copies = new double[logits.Length * count];
        for (var i = 0; i < copies.Length; i++)
            copies[i] = logits[i / (count * Classes) * Classes + i % Classes] + 0.3 * random.Normal();
        return copies;
    }

    private static double Processor(Action action)
    {
        var start = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    /// <summary>Logits three times as large as those by which the labels were drawn.</summary>
    private static (double[] Logits, int[] Labels) Numbers()
    {
        var random = new Generator(1);
        var (logits, labels) = (new double[Rows * Classes], new int[Rows]);
        for (var row = 0; row < Rows; row++)
        {
            var own = logits.AsSpan(row * Classes, Classes);
            var odds = new double[Classes];
            for (var k = 0; k < Classes; k++)
                odds[k] = Math.Exp(own[k] = 1.5 * random.Normal());
            var left = random.Uniform() * odds.Sum();
            while (labels[row] < Classes - 1 && (left -= odds[labels[row]]) >= 0)
                labels[row]++;
            foreach (ref var logit in own)
                logit = (float)(3 * logit);
        }

        return (logits, labels);
    }
}
