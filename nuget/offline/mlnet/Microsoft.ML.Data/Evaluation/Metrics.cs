namespace Microsoft.ML.Data;

public class BinaryClassificationMetrics
{
    internal BinaryClassificationMetrics(BinaryCounts counts)
    {
        (AreaUnderRocCurve, Accuracy) = (counts.Auc, (counts.TruePositive + counts.TrueNegative) / counts.All);
        (PositivePrecision, PositiveRecall) = (Ratio(counts.TruePositive, counts.TruePositive + counts.FalsePositive), Ratio(counts.TruePositive, counts.Positive));
        (NegativePrecision, NegativeRecall) = (Ratio(counts.TrueNegative, counts.TrueNegative + counts.FalseNegative), Ratio(counts.TrueNegative, counts.Negative));
        F1Score = Ratio(2 * PositivePrecision * PositiveRecall, PositivePrecision + PositiveRecall);
        AreaUnderPrecisionRecallCurve = counts.Auprc;
        ConfusionMatrix = new ConfusionMatrix([[counts.TruePositive, counts.FalseNegative], [counts.FalsePositive, counts.TrueNegative]], ["positive", "negative"], isBinary: true);
    }

    public double AreaUnderRocCurve { get; }
    public double Accuracy { get; }
    public double PositivePrecision { get; }
    public double PositiveRecall { get; }
    public double NegativePrecision { get; }
    public double NegativeRecall { get; }
    public double F1Score { get; }
    public double AreaUnderPrecisionRecallCurve { get; }
    public ConfusionMatrix ConfusionMatrix { get; }

    private static double Ratio(double part, double whole) => whole > 0 ? part / whole : 0;
}

/// <summary>Log-loss and entropy are in bits.</summary>
public sealed class CalibratedBinaryClassificationMetrics : BinaryClassificationMetrics
{
    internal CalibratedBinaryClassificationMetrics(BinaryCounts counts) : base(counts)
    {
        LogLoss = counts.LogLoss / counts.All;
        var share = counts.Positive / counts.All;
        Entropy = -Bits(share) - Bits(1 - share);
        LogLossReduction = (Entropy - LogLoss) / Entropy;
    }

    public double LogLoss { get; }
    public double LogLossReduction { get; }
    public double Entropy { get; }

    private static double Bits(double share) => share > 0 ? share * Math.Log2(share) : 0;
}

/// <summary>Log-losses are in nats.</summary>
public sealed class MulticlassClassificationMetrics
{
    internal MulticlassClassificationMetrics(double micro, double macro, double logLoss, double reduction, int topK, double[] topKAccuracies, double[] perClass, ConfusionMatrix matrix)
    {
        (MicroAccuracy, MacroAccuracy, LogLoss, LogLossReduction) = (micro, macro, logLoss, reduction);
        (TopKPredictionCount, TopKAccuracyForAllK, PerClassLogLoss, ConfusionMatrix) = (topK, topKAccuracies, perClass, matrix);
    }

    public double LogLoss { get; }
    public double LogLossReduction { get; }
    public double MacroAccuracy { get; }
    public double MicroAccuracy { get; }
    public double TopKAccuracy => TopKAccuracyForAllK is { Count: > 0 } ? TopKAccuracyForAllK[^1] : 0;
    public int TopKPredictionCount { get; }
    public IReadOnlyList<double> TopKAccuracyForAllK { get; }
    public IReadOnlyList<double> PerClassLogLoss { get; }
    public ConfusionMatrix ConfusionMatrix { get; }
}

public sealed class RegressionMetrics
{
    internal RegressionMetrics(double l1, double l2, double loss, double rSquared) =>
        (MeanAbsoluteError, MeanSquaredError, RootMeanSquaredError, LossFunction, RSquared) = (l1, l2, Math.Sqrt(l2), loss, rSquared);

    public double MeanAbsoluteError { get; }
    public double MeanSquaredError { get; }
    public double RootMeanSquaredError { get; }
    public double LossFunction { get; }
    public double RSquared { get; }
}
