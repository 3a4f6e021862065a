namespace Retort.Bench;

/// <summary>How good predictions are: smaller is better, but for the area under the curve.</summary>
internal static class QualityMeasure
{
    private const double Smallest = 1.2e-7; // what single precision can tell from certainty

    /// <summary>The log-loss in nats, or the root of the mean squared error.</summary>
    public static double Loss(double[] predictions, double[] labels, LearningTask task) => task == LearningTask.Binary
        ? predictions.Zip(labels, (p, label) => -Math.Log(Math.Clamp(label == 1 ? p : 1 - p, Smallest, 1))).Average()
        : Math.Sqrt(predictions.Zip(labels, (value, label) => (value - label) * (value - label)).Average());

    /// <summary>The share of pairs of a positive and a negative row that stand in the right order, ties counting half; NaN for numbers.</summary>
    public static double Auc(double[] predictions, double[] labels, LearningTask task)
    {
        if (task != LearningTask.Binary)
            return double.NaN;
        var (negatives, sum) = (0.0, 0.0);
        foreach (var ties in predictions.Zip(labels).GroupBy(pair => pair.First).OrderBy(group => group.Key))
        {
            var (positive, negative) = (ties.Count(pair => pair.Second == 1), ties.Count(pair => pair.Second != 1));
            sum += positive * (negatives + negative / 2.0);
            negatives += negative;
        }

        return sum / (negatives * (labels.Length - negatives));
    }

    /// <summary>The mean, and the standard deviation of a sample.</summary>
    public static (double Mean, double Deviation) Spread(double[] values)
    {
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)));
    }

    /// <summary>The mean difference of two models on the same splits, and its standard error.</summary>
    public static (double Mean, double Error) Difference(double[] model, double[] other)
    {
        var (mean, deviation) = Spread([.. model.Zip(other, (a, b) => a - b)]);
        return (mean, deviation / Math.Sqrt(model.Length));
    }
}
