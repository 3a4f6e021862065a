namespace Retort;

/// <summary>Whether a classifier's probabilities keep what they promise, each number with an interval.</summary>
/// <remarks>
/// c is a row's confidence, the probability of its likeliest class (the first of equals), and a is 1 where that class is the true one, else 0. Means, sums and shares are weighted. All are 0 at best but
/// <see cref="Accuracy"/>, <see cref="Resolution"/> and <see cref="Uncertainty"/>. Binned errors have <see cref="BinCount"/> bins. They grow with the noise of few rows: compare
/// <see cref="DebiasedCalibrationError"/> or <see cref="SmoothCalibrationError"/> where rows are few.
/// </remarks>
public sealed record CalibrationMetrics
{
    /// <summary>How many bins the binned errors have.</summary>
    public const int BinCount = 15;

    private CalibrationMetrics(int rows, int classes, Estimate[] estimates, IReadOnlyList<ReliabilityBin> bins)
    {
        (Rows, Classes, Bins) = (rows, classes, bins);
        (Accuracy, LogLoss, BrierScore, Reliability, Resolution, Uncertainty) = (estimates[0], estimates[1], estimates[2], estimates[3], estimates[4], estimates[5]);
        (ExpectedCalibrationError, EqualMassCalibrationError, ClasswiseCalibrationError, MaximumCalibrationError) = (estimates[6], estimates[7], estimates[8], estimates[9]);
        (DebiasedCalibrationError, SmoothCalibrationError, RiskCoverageArea) = (estimates[10], estimates[11], estimates[12]);
    }

    /// <summary>How many rows were measured.</summary>
    public int Rows { get; }

    /// <summary>How many classes there are.</summary>
    public int Classes { get; }

    /// <summary>The share of rows whose likeliest class is the true one.</summary>
    public Estimate Accuracy { get; }

    /// <summary>The mean of -ln p of the true class, in nats; a p below 1e-15 counts as 1e-15.</summary>
    public Estimate LogLoss { get; }

    /// <summary>The mean squared distance between probabilities and truth: <c>(p - y)^2</c> of the second class for two classes, else summed over the classes.</summary>
    public Estimate BrierScore { get; }

    /// <summary>How much of the Brier score a better calibration would save: the score less that of the probabilities which the best monotone function of each class's probability gives.</summary>
    /// <remarks>
    /// <c>BrierScore = Reliability - Resolution + Uncertainty</c>, exactly: the classes' recalibrated probabilities come from isotonic regression on these rows, without bins. Positive by noise alone.
    /// Source: Dimitriadis, Gneiting and Jordan, Stable reliability diagrams for probabilistic classifiers, 2021 (there miscalibration, discrimination and uncertainty), https://arxiv.org/abs/2008.03033
    /// </remarks>
    public Estimate Reliability { get; }

    /// <summary>How much better than the classes' shares the recalibrated probabilities are: the more, the better. See <see cref="Reliability"/>.</summary>
    public Estimate Resolution { get; }

    /// <summary>The Brier score of the classes' shares as probabilities: how hard the rows are. See <see cref="Reliability"/>.</summary>
    public Estimate Uncertainty { get; }

    /// <summary>ECE: the gap between mean confidence and accuracy, <c>sum_b |sum_(i in b) w_i (c_i - a_i)| / sum w</c>, over bins of equal width.</summary>
    /// <remarks>Source: Guo et al., On Calibration of Modern Neural Networks, 2017, eq. 3, https://arxiv.org/abs/1706.04599. A confidence on the edge of two bins belongs to the upper one.</remarks>
    public Estimate ExpectedCalibrationError { get; }

    /// <summary>As <see cref="ExpectedCalibrationError"/>, over bins of equal weight. Rows of equal confidence share a bin.</summary>
    /// <remarks>Source: Nixon et al., Measuring Calibration in Deep Learning, 2019, https://arxiv.org/abs/1904.01685</remarks>
    public Estimate EqualMassCalibrationError { get; }

    /// <summary>The mean over the classes of the ECE of the class's own probability, equal width, over all rows.</summary>
    /// <remarks>Source: Kull et al., Beyond temperature scaling, 2019, https://arxiv.org/abs/1910.12656</remarks>
    public Estimate ClasswiseCalibrationError { get; }

    /// <summary>The largest gap of a bin of equal width that has rows, however few: noisy.</summary>
    public Estimate MaximumCalibrationError { get; }

    /// <summary>The ECE over bins of equal weight, less what noise alone would make of it: about 0 where confidences are right, however few the rows, and so at times below 0.</summary>
    /// <remarks>
    /// Of a bin's sum <c>D = sum w (c - a)</c> it takes <c>|D| - sqrt(2) B exp(-D^2 / 2 V)</c>, where <c>V = sum w^2 c (1 - c)</c> is D's variance if the confidences are right and
    /// <c>B = min(sqrt(2 V / pi), sum 2 w c (1 - c))</c> what |D| then is on average. If D is normal, the mean of the second term is then B too, and the difference is 0 on average; where a gap stands out, it is
    /// hardly touched. Ours: the squared error can be debiased without approximation (Kumar, Liang and Ma, Verified Uncertainty Calibration, 2019, https://arxiv.org/abs/1909.10155), but its root is not then 0 on average, and not on the scale
    /// of the ECE. Gaps of the size of the noise come out too small, by half the noise at most.
    /// </remarks>
    public Estimate DebiasedCalibrationError { get; }

    /// <summary>The smooth ECE: no bins, but a kernel whose width is the error itself.</summary>
    /// <remarks>
    /// <c>s = integral over t in [0, 1] of |mean_i K_s(t, c_i) (a_i - c_i)|</c> with K a Gaussian of deviation s, reflected at 0 and 1; the s that solves it is the one error. Computed by rounding confidences
    /// to 512 cells (split between the neighbours, which keeps their means) and 256 cosines, in which the kernel is diagonal, and bisection from 0.001 to 1.
    /// Source: Błasiok and Nakkiran, Smooth ECE: Principled Reliability Diagrams via Kernel Smoothing, 2023, https://arxiv.org/abs/2309.12236
    /// </remarks>
    public Estimate SmoothCalibrationError { get; }

    /// <summary>AURC: the mean error rate, over all rows, of the rows that are at least as confident. It judges the order of the confidences, not their size.</summary>
    /// <remarks>Source: Geifman, Uziel and El-Yaniv, Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers, 2019, https://arxiv.org/abs/1805.08206</remarks>
    public Estimate RiskCoverageArea { get; }

    /// <summary>The bins of equal width, from confidence 0 to 1: what a reliability diagram shows.</summary>
    public IReadOnlyList<ReliabilityBin> Bins { get; }

    /// <summary>Measures probabilities against classes.</summary>
    /// <param name="probabilities">[rows × classes], row after row, each row adding up to 1 within 1e-3.</param>
    /// <param name="classes">How many classes there are; at least 2.</param>
    /// <param name="labels">Class numbers from 0 [rows].</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    /// <param name="bootstrap">How many resamples make the intervals; 0 for none.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <param name="confidence">The share of the draws within an interval.</param>
    /// <exception cref="ArgumentException">There are no rows, a number is not what it must be, or the sizes do not fit.</exception>
    internal static CalibrationMetrics Of(double[] probabilities, int classes, int[] labels, double[]? weights = null, int bootstrap = 1000, ulong seed = 1, double confidence = 0.95)
    {
        var meter = new CalibrationMeter(probabilities, classes, labels, weights);
        var draws = new Bootstrap(bootstrap, seed, confidence);
        draws.Validate();
        var estimates = draws.Of(labels.Length, null, weights, meter.Measure);
        for (var i = 0; i < estimates.Length; i++)
            if (i != CalibrationMeter.Debiased)
                estimates[i] = estimates[i] with { Low = Math.Max(estimates[i].Low, 0), High = Math.Min(estimates[i].High, i switch { 1 => double.PositiveInfinity, >= 2 and <= 5 => 2, _ => 1 }) }; // of log-loss, Brier scores and shares
        return new(labels.Length, classes, estimates, meter.Bins(weights));
    }
}
