namespace Microsoft.ML.AutoML;

internal sealed class EvaluateMetricManager(string name, bool isMaximize, Func<MLContext, IDataView, double> evaluate) : IEvaluateMetricManager
{
    public bool IsMaximize { get; } = isMaximize;

    public string MetricName { get; } = name;

    public double Evaluate(MLContext context, IDataView eval) => evaluate(context, eval);

    public static EvaluateMetricManager Of(BinaryClassificationMetric metric, string label, string predicted) => new(metric.ToString(), true, (context, eval) =>
    {
        var metrics = context.BinaryClassification.EvaluateNonCalibrated(eval, label, predictedLabelColumnName: predicted);
        return metric switch
        {
            BinaryClassificationMetric.Accuracy => metrics.Accuracy,
            BinaryClassificationMetric.AreaUnderRocCurve => metrics.AreaUnderRocCurve,
            BinaryClassificationMetric.AreaUnderPrecisionRecallCurve => metrics.AreaUnderPrecisionRecallCurve,
            BinaryClassificationMetric.F1Score => metrics.F1Score,
            BinaryClassificationMetric.PositivePrecision => metrics.PositivePrecision,
            BinaryClassificationMetric.PositiveRecall => metrics.PositiveRecall,
            BinaryClassificationMetric.NegativePrecision => metrics.NegativePrecision,
            BinaryClassificationMetric.NegativeRecall => metrics.NegativeRecall,
            _ => throw new ArgumentOutOfRangeException(nameof(metric)),
        };
    });

    public static EvaluateMetricManager Of(MulticlassClassificationMetric metric, string label, string predicted) => new(metric.ToString(), metric != MulticlassClassificationMetric.LogLoss, (context, eval) =>
    {
        var metrics = context.MulticlassClassification.Evaluate(eval, label, predictedLabelColumnName: predicted);
        return metric switch
        {
            MulticlassClassificationMetric.MicroAccuracy => metrics.MicroAccuracy,
            MulticlassClassificationMetric.MacroAccuracy => metrics.MacroAccuracy,
            MulticlassClassificationMetric.LogLoss => metrics.LogLoss,
            MulticlassClassificationMetric.LogLossReduction => metrics.LogLossReduction,
            MulticlassClassificationMetric.TopKAccuracy => metrics.TopKAccuracy,
            _ => throw new ArgumentOutOfRangeException(nameof(metric)),
        };
    });

    public static EvaluateMetricManager Of(RegressionMetric metric, string label, string score) => new(metric.ToString(), metric == RegressionMetric.RSquared, (context, eval) =>
    {
        var metrics = context.Regression.Evaluate(eval, label, score);
        return metric switch
        {
            RegressionMetric.MeanAbsoluteError => metrics.MeanAbsoluteError,
            RegressionMetric.MeanSquaredError => metrics.MeanSquaredError,
            RegressionMetric.RootMeanSquaredError => metrics.RootMeanSquaredError,
            RegressionMetric.RSquared => metrics.RSquared,
            _ => throw new ArgumentOutOfRangeException(nameof(metric)),
        };
    });
}
