namespace Retort.Cli.Metrics;

/// <summary>How good predictions are, as named numbers in the order in which they are shown.</summary>
/// <remarks>
/// Classification: <c>accuracy</c>; <c>logLoss</c>, in nats; <c>auc</c>, the mean over the classes of one against the rest, ties counting half;
/// <c>ece</c>, the expected calibration error of the predicted class in <see cref="Bins"/> bins of equal width;
/// <c>brier</c>, <c>(p - y)^2</c> for binary, summed over the classes for multiclass. Regression: <c>rmse</c>, <c>mae</c>, <c>r2</c>.
/// A number that cannot be had (the area under the curve where one class is absent) is NaN.
/// </remarks>
internal static class Quality
{
    public const int Bins = 15;

    public static IReadOnlyList<(string Name, double Value)> Of(Scored scored) => scored.Task == LearningTask.Regression
        ? Regression(scored)
        : [("accuracy", Accuracy(scored)), ("logLoss", LogLoss(scored)), ("auc", Auc(scored)), ("ece", CalibrationError(scored)), ("brier", Brier(scored))];

    public static double Accuracy(Scored scored) => Mean(scored, (row, label) => Top(row) == label ? 1 : 0);

    // off zero, as ML.NET has it: a certain error costs much, not everything
    public static double LogLoss(Scored scored) => Mean(scored, (row, label) => -Math.Log(Math.Clamp(row[label], 1e-15, 1)));

    public static double Brier(Scored scored) => Mean(scored, (row, label) =>
    {
        var sum = 0.0;
        for (var c = 0; c < row.Length; c++)
            sum += Math.Pow(row[c] - (c == label ? 1 : 0), 2);
        return row.Length == 2 && scored.Task == LearningTask.Binary ? sum / 2 : sum;
    });

    /// <summary>The gap between confidence and accuracy, each bin weighted by its rows.</summary>
    public static double CalibrationError(Scored scored)
    {
        var gaps = new double[Bins];
        for (var i = 0; i < scored.Rows; i++)
        {
            var row = scored.Row(i);
            var top = Top(row);
            gaps[Math.Min((int)(row[top] * Bins), Bins - 1)] += row[top] - (top == (int)scored.Labels[i] ? 1 : 0);
        }

        return gaps.Sum(Math.Abs) / scored.Rows;
    }

    public static double Auc(Scored scored)
    {
        var classes = Enumerable.Range(scored.Width == 2 ? 1 : 0, scored.Width == 2 ? 1 : scored.Width);
        return classes.Select(c => Auc(scored, c)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
    }

    // the share of pairs of a row in the class and one outside it that the probability puts in order
    private static double Auc(Scored scored, int c)
    {
        var rows = Enumerable.Range(0, scored.Rows).Select(i => (Score: scored.Row(i)[c], In: (int)scored.Labels[i] == c)).OrderBy(r => r.Score).ToArray();
        var inside = rows.LongCount(r => r.In);
        var (below, sum) = (0L, 0.0);
        for (var start = 0; start < rows.Length;)
        {
            var end = start;
            var (ins, outs) = (0, 0);
            for (; end < rows.Length && rows[end].Score.Equals(rows[start].Score); end++)
                (ins, outs) = rows[end].In ? (ins + 1, outs) : (ins, outs + 1);
            sum += ins * (below + outs / 2.0);
            below += outs;
            start = end;
        }

        return sum / ((double)inside * (rows.Length - inside));
    }

    private static IReadOnlyList<(string, double)> Regression(Scored scored)
    {
        var mean = scored.Labels.Average(l => (double)l);
        var (square, absolute, spread) = (0.0, 0.0, 0.0);
        for (var i = 0; i < scored.Rows; i++)
        {
            var miss = (double)scored.Predictions[i] - scored.Labels[i];
            square += miss * miss;
            absolute += Math.Abs(miss);
            spread += Math.Pow(scored.Labels[i] - mean, 2);
        }

        return [("rmse", Math.Sqrt(square / scored.Rows)), ("mae", absolute / scored.Rows), ("r2", 1 - square / spread)];
    }

    /// <summary>The likeliest class, of equals the first.</summary>
    public static int Top(ReadOnlySpan<float> row)
    {
        var top = 0;
        for (var c = 1; c < row.Length; c++)
            top = row[c] > row[top] ? c : top;
        return top;
    }

    private static double Mean(Scored scored, RowCost cost)
    {
        var sum = 0.0;
        for (var i = 0; i < scored.Rows; i++)
            sum += cost(scored.Row(i), (int)scored.Labels[i]);
        return sum / scored.Rows;
    }

    private delegate double RowCost(ReadOnlySpan<float> row, int label);
}
