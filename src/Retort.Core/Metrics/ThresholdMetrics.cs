namespace Retort;

/// <summary>What a binary classifier decides where a row counts as positive above a threshold, each number with an interval.</summary>
/// <remarks>With the weights of true and false positives and negatives TP, FP, TN, FN. A share whose denominator is 0 is 0, as in scikit-learn.</remarks>
public sealed record ThresholdMetrics
{
    private ThresholdMetrics(int rows, double threshold, double beta, Estimate[] estimates)
    {
        (Rows, Threshold, Beta, AreaUnderRocCurve) = (rows, threshold, beta, estimates[0]);
        (Accuracy, Precision, Recall, Specificity) = (estimates[1], estimates[2], estimates[3], estimates[4]);
        (FScore, BalancedAccuracy, MatthewsCorrelation) = (estimates[5], estimates[6], estimates[7]);
    }

    /// <summary>How many rows were measured.</summary>
    public int Rows { get; }

    /// <summary>A row counts as positive where its score is above.</summary>
    public double Threshold { get; }

    /// <summary>How many times as much recall counts as precision in <see cref="FScore"/>.</summary>
    public double Beta { get; }

    /// <summary>AUC: the share of pairs of a positive and a negative row that the scores put in order, ties counting half; whatever the threshold. NaN where a class is absent.</summary>
    public Estimate AreaUnderRocCurve { get; }

    /// <summary><c>(TP + TN) / all</c>.</summary>
    public Estimate Accuracy { get; }

    /// <summary><c>TP / (TP + FP)</c>.</summary>
    public Estimate Precision { get; }

    /// <summary><c>TP / (TP + FN)</c>.</summary>
    public Estimate Recall { get; }

    /// <summary><c>TN / (TN + FP)</c>.</summary>
    public Estimate Specificity { get; }

    /// <summary>F-beta: <c>(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)</c>.</summary>
    public Estimate FScore { get; }

    /// <summary>The mean of recall and specificity.</summary>
    public Estimate BalancedAccuracy { get; }

    /// <summary>MCC: <c>(TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN))</c>; in [-1, 1].</summary>
    public Estimate MatthewsCorrelation { get; }

    /// <summary>Measures scores against truth at a threshold.</summary>
    /// <param name="scores">[rows], probabilities or any other score.</param>
    /// <param name="labels">1 where the row is positive, else 0 [rows].</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    /// <param name="threshold">A row counts as positive where its score is above.</param>
    /// <param name="beta">How many times as much recall counts as precision; more than 0.</param>
    /// <param name="bootstrap">How many resamples, drawn within each class, make the intervals; 0 for none.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <param name="confidence">The share of the draws within an interval.</param>
    /// <exception cref="ArgumentException">There are no rows, a number is not what it must be, or the sizes do not fit.</exception>
    internal static ThresholdMetrics Of(double[] scores, int[] labels, double[]? weights = null, double threshold = 0.5, double beta = 1, int bootstrap = 1000, ulong seed = 1, double confidence = 0.95)
    {
        var order = Order(scores, labels, weights);
        if (double.IsNaN(threshold))
            throw Check.Wrong("The threshold", "be a number", "NaN");
        Check.MoreThan(beta, 0);
        var draws = new Bootstrap(bootstrap, seed, confidence);
        draws.Validate();
        return new(labels.Length, threshold, beta, draws.Of(labels.Length, labels, weights, Measure));

        double[] Measure(double[]? weights)
        {
            double tp = 0, fp = 0, tn = 0, fn = 0, inOrder = 0;
            for (int start = 0, end; start < order.Length; start = end)
            {
                var score = scores[order[start]];
                var (positive, negative) = (0.0, 0.0);
                for (end = start; end < order.Length && scores[order[end]] == score; end++)
                {
                    var weight = weights is null ? 1 : weights[order[end]];
                    positive += labels[order[end]] == 1 ? weight : 0;
                    negative += labels[order[end]] == 1 ? 0 : weight;
                }

                inOrder += positive * (tn + fp + negative / 2);
                if (score > threshold)
                    (tp, fp) = (tp + positive, fp + negative);
                else
                    (fn, tn) = (fn + positive, tn + negative);
            }

            var (recall, specificity) = (Share(tp, tp + fn), Share(tn, tn + fp));
            return
            [
                inOrder / ((tp + fn) * (tn + fp)), Share(tp + tn, tp + tn + fp + fn), Share(tp, tp + fp), recall, specificity,
                F(tp, fp, fn, beta), (recall + specificity) / 2, Share(tp * tn - fp * fn, Math.Sqrt(tp + fp) * Math.Sqrt(tp + fn) * Math.Sqrt(tn + fp) * Math.Sqrt(tn + fn)),
            ];
        }
    }

    /// <summary>The threshold with the best F-beta: in the middle between two neighbouring scores, or just below the least. Of equally good ones the highest.</summary>
    /// <param name="scores">[rows].</param>
    /// <param name="labels">1 where the row is positive, else 0 [rows].</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    /// <param name="beta">How many times as much recall counts as precision; more than 0.</param>
    /// <exception cref="ArgumentException">There are no positive rows, a number is not what it must be, or the sizes do not fit.</exception>
    internal static double Choose(double[] scores, int[] labels, double[]? weights = null, double beta = 1)
    {
        Check.MoreThan(beta, 0);
        var order = Order(scores, labels, weights);
        var positives = 0.0;
        for (var row = 0; row < labels.Length; row++)
            positives += labels[row] == 1 ? weights is null ? 1 : weights[row] : 0;
        Check.MoreThan(positives, 0, "The weight of the positive rows");

        var (best, threshold, tp, fp) = (-1.0, 0.0, 0.0, 0.0);
        for (int end = order.Length - 1, start; end >= 0; end = start)
        {
            var score = scores[order[end]];
            for (start = end; start >= 0 && scores[order[start]] == score; start--)
            {
                var weight = weights is null ? 1 : weights[order[start]];
                tp += labels[order[start]] == 1 ? weight : 0;
                fp += labels[order[start]] == 1 ? 0 : weight;
            }

            if (F(tp, fp, positives - tp, beta) is var f && f > best)
                (best, threshold) = (f, start < 0 ? Math.BitDecrement(score) : Between(scores[order[start]], score));
        }

        return threshold;
    }

    /// <summary>A number at least as large as the lower and less than the upper score.</summary>
    internal static double Between(double lower, double upper)
    {
        var middle = lower + (upper - lower) / 2;
        return middle < upper ? middle : lower;
    }

    private static double F(double tp, double fp, double fn, double beta) => Share((1 + beta * beta) * tp, (1 + beta * beta) * tp + beta * beta * fn + fp);

    private static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;

    private static int[] Order(double[] scores, int[] labels, double[]? weights)
    {
        Check.AtLeast(labels.Length, 1, "The number of rows to measure");
        if (scores.Length != labels.Length)
            throw Check.Wrong("The number of scores", $"be {labels.Length}, one a row", $"{scores.Length}");
        CalibrationMeter.CheckWeights(weights, labels.Length);
        for (var row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] > 1)
                Check.InRange(labels[row], 0, 1, $"The label of row {row}");
            if (double.IsNaN(scores[row]))
                throw Check.Wrong($"The score of row {row}", "be a number", "NaN");
        }

        int[] order = [.. Enumerable.Range(0, labels.Length)];
        Array.Sort((double[])scores.Clone(), order);
        return order;
    }
}
