namespace Retort;

/// <summary>What changes for users when one model takes another's place, each number with an interval.</summary>
/// <remarks>
/// A new model may be right more often and still be wrong where the old one, whom users have learned to rely on, was right. The intervals draw rows with both models' answers together.
/// Sources: Yan et al., Positive-Congruent Training: Towards Regression-Free Model Updates, 2021, https://arxiv.org/abs/2011.09161, which names the negative flip rate;
/// Echterhoff et al., MUSCLE: A Model Update Strategy for Compatible LLM Evolution, 2024, https://arxiv.org/abs/2407.09435.
/// </remarks>
public sealed record UpdateMetrics
{
    private UpdateMetrics(int rows, Estimate[] estimates)
    {
        (Rows, NegativeFlipRate, PositiveFlipRate) = (rows, estimates[0], estimates[1]);
        (OldAccuracy, NewAccuracy, AccuracyGain, Agreement) = (estimates[2], estimates[3], estimates[4], estimates[5]);
    }

    /// <summary>How many rows were measured.</summary>
    public int Rows { get; }

    /// <summary>The share of rows where the old model is right and the new one wrong.</summary>
    public Estimate NegativeFlipRate { get; }

    /// <summary>The share of rows where the old model is wrong and the new one right.</summary>
    public Estimate PositiveFlipRate { get; }

    /// <summary>The share of rows where the old model is right.</summary>
    public Estimate OldAccuracy { get; }

    /// <summary>The share of rows where the new model is right.</summary>
    public Estimate NewAccuracy { get; }

    /// <summary>The new accuracy less the old: the positive less the negative flip rate.</summary>
    public Estimate AccuracyGain { get; }

    /// <summary>The share of rows where both models say the same, right or wrong.</summary>
    public Estimate Agreement { get; }

    /// <summary>Measures two models' answers.</summary>
    /// <param name="old">What the old model answered: class numbers [rows], below 0 where it gave no answer.</param>
    /// <param name="latest">What the new model answered.</param>
    /// <param name="labels">What is right, from 0.</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    /// <param name="bootstrap">How many resamples make the intervals; 0 for none.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <param name="confidence">The share of the draws within an interval.</param>
    /// <exception cref="ArgumentException">There are no rows, or the sizes do not fit.</exception>
    internal static UpdateMetrics Of(int[] old, int[] latest, int[] labels, double[]? weights = null, int bootstrap = 1000, ulong seed = 1, double confidence = 0.95)
    {
        var rows = labels.Length;
        Check.AtLeast(rows, 1, "The number of rows to measure");
        if (old.Length != rows || latest.Length != rows)
            throw Check.Wrong("The number of answers", $"be {rows}, one a row and model", $"{old.Length} and {latest.Length}");
        CalibrationMeter.CheckWeights(weights, rows);
        var draws = new Bootstrap(bootstrap, seed, confidence);
        draws.Validate();
        return new(rows, draws.Of(rows, null, weights, Measure));

        double[] Measure(double[]? weights)
        {
            double all = 0, negative = 0, positive = 0, both = 0, same = 0;
            for (var row = 0; row < rows; row++)
            {
                var weight = weights is null ? 1 : weights[row];
                var (before, after) = (old[row] == labels[row], latest[row] == labels[row]);
                all += weight;
                negative += before && !after ? weight : 0;
                positive += !before && after ? weight : 0;
                both += before && after ? weight : 0;
                same += old[row] == latest[row] ? weight : 0;
            }

            return [negative / all, positive / all, (both + negative) / all, (both + positive) / all, (positive - negative) / all, same / all];
        }
    }
}
