namespace Retort;

/// <summary>Intervals that hold the true value as often as promised.</summary>
/// <remarks>
/// Around a prediction, all equally wide: the score is <c>|y - p|</c> and the interval <c>[p - margin, p + margin]</c>. Around two predicted quantiles (CQR), as wide as the row is difficult: the score is <c>max(low - y, y - high)</c> and the interval
/// <c>[low - margin, high + margin]</c>, where the margin may be negative; should the ends then cross, both are their middle.
/// Source: Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, Distribution-Free Predictive Inference for Regression, 2018, https://arxiv.org/abs/1604.04173; Romano, Patterson and Candès, Conformalized Quantile Regression, 2019,
/// https://arxiv.org/abs/1905.03222
/// </remarks>
[Method("conformal-intervals", Title = "Conformalized Quantile Regression", Authors = "Romano, Patterson and Candès", Year = 2019,
    Link = "https://arxiv.org/abs/1905.03222", Tasks = LearningTasks.Regression)]
public sealed record ConformalIntervals : Conformal
{
    /// <summary>Learns the margin around predictions.</summary>
    /// <param name="predictions">[rows].</param>
    /// <param name="truth">[rows].</param>
    /// <exception cref="ArgumentException">The sizes do not fit, there are no rows or a number is not finite.</exception>
    internal IntervalPredictor Fit(double[] predictions, double[] truth) => Fit(predictions, predictions, truth);

    /// <summary>Learns the margin around two quantiles.</summary>
    /// <param name="low">The lower quantile [rows].</param>
    /// <param name="high">The upper quantile [rows].</param>
    /// <param name="truth">[rows].</param>
    /// <exception cref="ArgumentException">The sizes do not fit, there are no rows or a number is not finite.</exception>
    internal IntervalPredictor Fit(double[] low, double[] high, double[] truth)
    {
        Validate();
        Check.AtLeast(truth.Length, 1, "The number of rows to calibrate on");
        var scores = new double[truth.Length];
        foreach (var numbers in (double[][])[low, high])
            if (numbers.Length != truth.Length)
                throw Check.Wrong("The number of predictions", $"be {truth.Length}, one a row", $"{numbers.Length}");
        for (var row = 0; row < scores.Length; row++)
        {
            scores[row] = Math.Max(low[row] - truth[row], truth[row] - high[row]);
            if (!double.IsFinite(scores[row]))
                throw Check.Wrong($"Prediction and target of row {row}", "be finite", $"{Check.Text(low[row])}, {Check.Text(high[row])} and {Check.Text(truth[row])}");
        }

        return new(this, Threshold(scores, Coverage));
    }
}

/// <summary>Fitted <see cref="ConformalIntervals"/>. Immutable, for any number of threads.</summary>
internal sealed class IntervalPredictor(ConformalIntervals settings, double margin)
{
    public ConformalIntervals Settings { get; } = settings;

    /// <summary>What an interval has on either side; infinite where the rows were too few.</summary>
    public double Margin { get; } = margin;

    public (double Low, double High) Predict(double prediction) => Predict(prediction, prediction);

    public (double Low, double High) Predict(double low, double high)
    {
        var (start, end) = (low - Margin, high + Margin);
        return start <= end ? (start, end) : ((start + end) / 2, (start + end) / 2);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(MethodJson.Write(Settings));
        writer.Write(Margin);
    }

    /// <exception cref="ArgumentException">The data is not what <see cref="Write"/> writes.</exception>
    /// <exception cref="EndOfStreamException">The data ends early.</exception>
    public static IntervalPredictor Read(BinaryReader reader)
    {
        var settings = MethodJson.Read<ConformalIntervals>(reader.ReadString());
        settings.Validate();
        var margin = reader.ReadDouble();
        return double.IsNaN(margin) ? throw Check.Wrong("A saved margin", "be a number", "NaN") : new(settings, margin);
    }
}
