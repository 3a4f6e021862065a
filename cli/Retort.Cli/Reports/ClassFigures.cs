using Retort.Cli.Metrics;

namespace Retort.Cli.Reports;

/// <summary>What there is to see of a classifier on the test rows.</summary>
/// <param name="Names">The classes.</param>
/// <param name="Count">How many classes there are; of very many the commonest stand alone, and the last name is that of all others.</param>
/// <param name="Confusion">Rows: the true class; columns: the answer.</param>
/// <param name="Curves">A curve for each class, or for the second of two; of many classes those with the most rows.</param>
/// <param name="Spread">Of two classes: how many rows of each have a probability within twentieths of [0, 1].</param>
/// <param name="After">Reliability as the model is; null where its scores are no probabilities.</param>
/// <param name="Before">Reliability without its calibration; null where it has none.</param>
internal sealed record ClassFigures(IReadOnlyList<string> Names, int Count, int[][] Confusion, IReadOnlyList<ClassCurve> Curves, int[][]? Spread, ReliabilityFigures? After, ReliabilityFigures? Before)
{
    private const int MostNames = 60, MostCurves = 8, SpreadBins = 20;

    public static ClassFigures Of(Scored scored, IReadOnlyList<string> names, CalibrationMetrics? after, CalibrationMetrics? before)
    {
        var rows = new int[names.Count];
        foreach (var label in scored.Labels)
            rows[(int)label]++;
        int[] common = [.. Enumerable.Range(0, names.Count).OrderByDescending(c => rows[c])];
        int[] alone = [.. common.Take(names.Count > MostNames ? MostNames - 1 : MostNames).Order()];
        var place = Enumerable.Repeat(alone.Length, names.Count).ToArray(); // all others stand behind
        for (var i = 0; i < alone.Length; i++)
            place[alone[i]] = i;
        string[] shownNames = [.. alone.Select(c => names[c]), .. names.Count > MostNames ? [$"{names.Count - alone.Length} others"] : Array.Empty<string>()];
        var confusion = shownNames.Select(_ => new int[shownNames.Length]).ToArray();
        for (var i = 0; i < scored.Rows; i++)
            confusion[place[(int)scored.Labels[i]]][place[Quality.Top(scored.Row(i))]]++;
        var shown = names.Count == 2 ? Enumerable.Range(1, 1) : common.Take(MostCurves).Where(c => rows[c] > 0).Order();
        return new(shownNames, names.Count, confusion, [.. shown.Select(c => ClassCurve.Of(scored, c, names[c]))], names.Count == 2 ? SpreadOf(scored) : null, after is null ? null : ReliabilityFigures.Of(after), before is null ? null : ReliabilityFigures.Of(before));
    }

    private static int[][] SpreadOf(Scored scored)
    {
        int[][] counts = [new int[SpreadBins], new int[SpreadBins]];
        for (var i = 0; i < scored.Rows; i++)
            counts[(int)scored.Labels[i]][Math.Min((int)(scored.Row(i)[1] * SpreadBins), SpreadBins - 1)]++;
        return counts;
    }
}

/// <summary>How a class can be told from the rest at every threshold, thinned for a plot.</summary>
/// <param name="Name">The class.</param>
/// <param name="Share">Its share of the rows.</param>
/// <param name="Area">The area under the ROC curve.</param>
/// <param name="Precision">The average precision: the area under the curve of precision and recall, by steps.</param>
/// <param name="Roc">False and true positive rates.</param>
/// <param name="Recall">Recall and precision.</param>
internal sealed record ClassCurve(string Name, double Share, double Area, double Precision, IReadOnlyList<double[]> Roc, IReadOnlyList<double[]> Recall)
{
    private const double Step = 1 / 150.0;

    public static ClassCurve Of(Scored scored, int c, string name)
    {
        var rows = Enumerable.Range(0, scored.Rows).Select(i => (Score: scored.Row(i)[c], In: (int)scored.Labels[i] == c)).OrderByDescending(row => row.Score).ToArray();
        var (inside, outside) = ((double)rows.Count(row => row.In), (double)rows.Count(row => !row.In));
        var (tp, fp, area, average) = (0.0, 0.0, 0.0, 0.0);
        List<double[]> roc = [[0, 0]], recall = [];
        for (var start = 0; start < rows.Length;)
        {
            var (end, before) = (start, (tp, fp));
            for (; end < rows.Length && rows[end].Score.Equals(rows[start].Score); end++)
                (tp, fp) = rows[end].In ? (tp + 1, fp) : (tp, fp + 1);
            area += (fp - before.fp) * (tp + before.tp) / 2;
            average += (tp - before.tp) * tp / (tp + fp);
            start = end;
            var last = start == rows.Length;
            Add(roc, [fp / outside, tp / inside], last);
            Add(recall, [tp / inside, tp / (tp + fp)], last);
        }

        return new(name, inside / rows.Length, area / (inside * outside), average / inside, roc, recall);
    }

    // a point that nobody could tell from the one before is left out
    private static void Add(List<double[]> points, double[] point, bool last)
    {
        if (last || points.Count == 0 || points[^1].Zip(point, (a, b) => Math.Abs(a - b)).Max() >= Step)
            points.Add(point);
    }
}

/// <summary>Whether probabilities keep what they promise.</summary>
internal sealed record ReliabilityFigures(IReadOnlyList<Bin> Bins, IReadOnlyList<Figure> Figures)
{
    public static ReliabilityFigures Of(CalibrationMetrics metrics) => new(
        [.. metrics.Bins.Where(bin => bin.Rows > 0).Select(Bin.Of)],
        [
            Figure.Of("Expected calibration error", metrics.ExpectedCalibrationError, "number", "gap of confidence and accuracy over bins; noise alone makes some of it"),
            Figure.Of("less what noise makes", metrics.DebiasedCalibrationError, "number", "about 0 where confidences are right, however few the rows"),
            Figure.Of("Smooth calibration error", metrics.SmoothCalibrationError, "number", "the same without bins"),
            Figure.Of("Largest gap of a bin", metrics.MaximumCalibrationError, "number", "noisy where a bin has few rows"),
            Figure.Of("Log-loss", metrics.LogLoss, "number", "in nats; lower is better"),
            Figure.Of("Brier score", metrics.BrierScore, "number", "lower is better"),
        ]);
}

/// <summary>Rows of about one confidence.</summary>
/// <param name="Confidence">What they promise on average.</param>
/// <param name="Accuracy">The share of right answers.</param>
/// <param name="Low">The lower end of its 95 % interval (Wilson).</param>
/// <param name="High">The upper end.</param>
/// <param name="Rows">How many they are.</param>
internal sealed record Bin(double Confidence, double Accuracy, double Low, double High, int Rows)
{
    private const double Z = 1.959964;

    // few rows, and shares near 0 and 1: an interval that stays within and is never empty
    public static Bin Of(ReliabilityBin bin)
    {
        var (n, p) = (bin.Rows, bin.Accuracy);
        var (centre, half) = ((p + Z * Z / (2 * n)) / (1 + Z * Z / n), Z / (1 + Z * Z / n) * Math.Sqrt(p * (1 - p) / n + Z * Z / (4.0 * n * n)));
        return new(bin.Confidence, p, Math.Max(centre - half, 0), Math.Min(centre + half, 1), n);
    }
}
