namespace Microsoft.ML.Data;

/// Mean and spread of one metric's change over several permutations.
public sealed class MetricStatistics
{
    private readonly double[] _values;

    internal MetricStatistics(IEnumerable<double> values) => _values = values.ToArray();

    public double Mean => _values.Average();

    public double StandardDeviation => _values.Length <= 1 ? 0 : Math.Sqrt(_values.Sum(value => (value - Mean) * (value - Mean)) / (_values.Length - 1));

    public double StandardError => _values.Length <= 1 ? 0 : StandardDeviation / Math.Sqrt(_values.Length);

    public int Count => _values.Length;
}

public sealed class BinaryClassificationMetricsStatistics
{
    internal BinaryClassificationMetricsStatistics(IReadOnlyList<double[]> changes)
    {
        MetricStatistics Of(int metric) => new(changes.Select(change => change[metric]));
        (AreaUnderRocCurve, Accuracy, PositivePrecision, PositiveRecall) = (Of(0), Of(1), Of(2), Of(3));
        (NegativePrecision, NegativeRecall, F1Score, AreaUnderPrecisionRecallCurve) = (Of(4), Of(5), Of(6), Of(7));
    }

    internal static double[] Values(BinaryClassificationMetrics metrics) =>
        [metrics.AreaUnderRocCurve, metrics.Accuracy, metrics.PositivePrecision, metrics.PositiveRecall, metrics.NegativePrecision, metrics.NegativeRecall, metrics.F1Score, metrics.AreaUnderPrecisionRecallCurve];

    public MetricStatistics AreaUnderRocCurve { get; }
    public MetricStatistics Accuracy { get; }
    public MetricStatistics PositivePrecision { get; }
    public MetricStatistics PositiveRecall { get; }
    public MetricStatistics NegativePrecision { get; }
    public MetricStatistics NegativeRecall { get; }
    public MetricStatistics F1Score { get; }
    public MetricStatistics AreaUnderPrecisionRecallCurve { get; }
}

public sealed class MulticlassClassificationMetricsStatistics
{
    internal MulticlassClassificationMetricsStatistics(IReadOnlyList<double[]> changes)
    {
        MetricStatistics Of(int metric) => new(changes.Select(change => change[metric]));
        (MacroAccuracy, MicroAccuracy, LogLoss, LogLossReduction, TopKAccuracy) = (Of(0), Of(1), Of(2), Of(3), Of(4));
        PerClassLogLoss = Enumerable.Range(5, changes[0].Length - 5).Select(Of).ToArray();
    }

    internal static double[] Values(MulticlassClassificationMetrics metrics) =>
        [metrics.MacroAccuracy, metrics.MicroAccuracy, metrics.LogLoss, metrics.LogLossReduction, metrics.TopKAccuracy, .. metrics.PerClassLogLoss];

    public MetricStatistics MacroAccuracy { get; }
    public MetricStatistics MicroAccuracy { get; }
    public MetricStatistics LogLoss { get; }
    public MetricStatistics LogLossReduction { get; }
    public MetricStatistics TopKAccuracy { get; }
    public IReadOnlyList<MetricStatistics> PerClassLogLoss { get; }
}

public sealed class RegressionMetricsStatistics
{
    internal RegressionMetricsStatistics(IReadOnlyList<double[]> changes)
    {
        MetricStatistics Of(int metric) => new(changes.Select(change => change[metric]));
        (MeanAbsoluteError, MeanSquaredError, RootMeanSquaredError, LossFunction, RSquared) = (Of(0), Of(1), Of(2), Of(3), Of(4));
    }

    internal static double[] Values(RegressionMetrics metrics) =>
        [metrics.MeanAbsoluteError, metrics.MeanSquaredError, metrics.RootMeanSquaredError, metrics.LossFunction, metrics.RSquared];

    public MetricStatistics MeanAbsoluteError { get; }
    public MetricStatistics MeanSquaredError { get; }
    public MetricStatistics RootMeanSquaredError { get; }
    public MetricStatistics LossFunction { get; }
    public MetricStatistics RSquared { get; }
}
