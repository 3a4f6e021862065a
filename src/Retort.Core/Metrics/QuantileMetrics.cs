namespace Retort;

/// <summary>How well predicted quantiles and the intervals between them fit the truth, each number with an interval.</summary>
/// <remarks>Means and shares are weighted; losses and widths are in the target's unit.</remarks>
public sealed record QuantileMetrics
{
    private QuantileMetrics(int rows, Estimate pinball, Estimate crossing, IReadOnlyList<QuantileLevel> levels, IReadOnlyList<QuantileInterval> intervals) =>
        (Rows, Pinball, CrossingRate, Levels, Intervals) = (rows, pinball, crossing, levels, intervals);

    /// <summary>How many rows were measured.</summary>
    public int Rows { get; }

    /// <summary>The mean over levels and rows of <c>max(q (y - p), (q - 1) (y - p))</c> for level q, prediction p and truth y.</summary>
    public Estimate Pinball { get; }

    /// <summary>The share of rows in which a higher level has a lower prediction than the level before it.</summary>
    public Estimate CrossingRate { get; }

    /// <summary>Each level by itself.</summary>
    public IReadOnlyList<QuantileLevel> Levels { get; }

    /// <summary>The interval between the levels q and 1 - q, for each q below 1/2 that has both, the widest first.</summary>
    public IReadOnlyList<QuantileInterval> Intervals { get; }

    /// <summary>Measures predicted quantiles against values.</summary>
    /// <param name="predictions">[rows × levels], row after row.</param>
    /// <param name="levels">Rising, each in (0, 1).</param>
    /// <param name="truth">[rows].</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    /// <param name="bootstrap">How many resamples make the intervals; 0 for none.</param>
    /// <param name="seed">Where their draws begin.</param>
    /// <param name="confidence">The share of the draws within an interval.</param>
    /// <exception cref="ArgumentException">There are no rows, a number is not what it must be, or the sizes do not fit.</exception>
    internal static QuantileMetrics Of(double[] predictions, double[] levels, double[] truth, double[]? weights = null, int bootstrap = 1000, ulong seed = 1, double confidence = 0.95)
    {
        var (rows, count) = (truth.Length, levels.Length);
        Check.AtLeast(rows, 1, "The number of rows to measure");
        Check.AtLeast(count, 1, "The number of levels");
        for (var j = 0; j < count; j++)
            if (!(levels[j] > (j == 0 ? 0 : levels[j - 1]) && levels[j] < 1))
                throw Check.Wrong($"Level {j}", j == 0 ? "lie in (0, 1)" : $"lie in ({Check.Text(levels[j - 1])}, 1)", Check.Text(levels[j]));
        if (predictions.Length != (long)rows * count)
            throw Check.Wrong("The number of predictions", $"be {(long)rows * count}, {count} a row", $"{predictions.Length}");
        foreach (var number in (double[][])[predictions, truth])
            for (var i = 0; i < number.Length; i++)
                if (!double.IsFinite(number[i]))
                    throw Check.Wrong(number == truth ? $"The target of row {i}" : $"A prediction of row {i / count}", "be finite", Check.Text(number[i]));
        CalibrationMeter.CheckWeights(weights, rows);
        var draws = new Bootstrap(bootstrap, seed, confidence);
        draws.Validate();

        (int Low, int High)[] pairs = [.. Enumerable.Range(0, count).Where(j => levels[j] < 0.5)
            .Select(j => (j, Array.FindIndex(levels, level => Math.Abs(level - (1 - levels[j])) < 1e-9))).Where(pair => pair.Item2 >= 0)];

        // a row's numbers: loss and cover of each level; whether levels cross; cover, width and score of each interval
        var numbers = new double[2 * count + 1 + 3 * pairs.Length][];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            var own = predictions.AsSpan(row * count, count);
            var y = truth[row];
            for (var j = 0; j < count; j++)
            {
                numbers[2 * j][row] = Math.Max(levels[j] * (y - own[j]), (levels[j] - 1) * (y - own[j]));
                numbers[2 * j + 1][row] = y <= own[j] ? 1 : 0;
                if (j > 0 && own[j] < own[j - 1])
                    numbers[2 * count][row] = 1;
            }

            for (var i = 0; i < pairs.Length; i++)
            {
                var (low, high, at) = (own[pairs[i].Low], own[pairs[i].High], 2 * count + 1 + 3 * i);
                numbers[at][row] = y >= low && y <= high ? 1 : 0;
                numbers[at + 1][row] = high - low;
                numbers[at + 2][row] = high - low + 1 / levels[pairs[i].Low] * (Math.Max(low - y, 0) + Math.Max(y - high, 0));
            }
        }

        var estimates = draws.Of(rows, null, weights, own =>
        {
            var total = own is null ? rows : TensorPrimitives.Sum<double>(own);
            double[] means = [.. numbers.Select(number => (own is null ? TensorPrimitives.Sum<double>(number) : TensorPrimitives.Dot<double>(number, own)) / total)];
            return [.. means, Enumerable.Range(0, count).Average(j => means[2 * j])];
        });
        return new(rows, estimates[^1], estimates[2 * count],
            [.. levels.Select((level, j) => new QuantileLevel(level, estimates[2 * j], estimates[2 * j + 1]))],
            [.. pairs.Select((pair, i) => new QuantileInterval(1 - 2 * levels[pair.Low], estimates[2 * count + 1 + 3 * i], estimates[2 * count + 2 + 3 * i], estimates[2 * count + 3 + 3 * i]))]);
    }
}

/// <summary>A predicted quantile beside the truth.</summary>
/// <param name="Level">The share of rows that should be at or below the prediction.</param>
/// <param name="Pinball">The mean of <c>max(q (y - p), (q - 1) (y - p))</c>.</param>
/// <param name="Coverage">The share of rows that are at or below it.</param>
public sealed record QuantileLevel(double Level, Estimate Pinball, Estimate Coverage);

/// <summary>The interval between two predicted quantiles beside the truth.</summary>
/// <param name="Nominal">The share of rows that should be within.</param>
/// <param name="Coverage">The share of rows that are, its ends included.</param>
/// <param name="Width">The mean width.</param>
/// <param name="Score">The interval score of Winkler: the mean of the width plus, where the truth lies outside, <c>2 / (1 - Nominal)</c> times how far.</param>
public sealed record QuantileInterval(double Nominal, Estimate Coverage, Estimate Width, Estimate Score);
