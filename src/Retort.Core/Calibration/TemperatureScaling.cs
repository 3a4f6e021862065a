namespace Retort;

/// <summary>One temperature for all logits, chosen for the best log-loss: the calibration that cannot make a decision worse.</summary>
/// <remarks>
/// <c>p = softmax(z / T)</c> with <c>T = argmin sum_i w_i (logsumexp(z_i / T) - z_i[y_i] / T)</c>. The sum is convex in 1 / T, so the sign of its derivative brackets the one best T; Newton steps within the bracket,
/// halvings of it in log T elsewhere, end where T is exact to the last few bits. Nothing can fail: T stays in [<see cref="Least"/>, <see cref="Most"/>]. It is <see cref="Least"/> where sharper is always better, as where
/// every row's true class is its likeliest, <see cref="Most"/> where flatter is always better, and 1 where no temperature matters, as where all logits of each row are equal.
/// A row is read once a step, of which there are about six.
/// Source: Guo, Pleiss, Sun and Weinberger, On Calibration of Modern Neural Networks, 2017, sec. 4.2, https://arxiv.org/abs/1706.04599
/// </remarks>
[Method("temperature", Title = "On Calibration of Modern Neural Networks", Authors = "Guo, Pleiss, Sun and Weinberger", Year = 2017,
    Link = "https://arxiv.org/abs/1706.04599", Tasks = LearningTasks.Classification)]
public sealed record TemperatureScaling : Calibration
{
    /// <summary>The lowest temperature: logits are never spread more than a hundredfold.</summary>
    public const double Least = 0.01;

    /// <summary>The highest temperature: logits, which lie within 88 of each other, then lie within 0.09, as good as even.</summary>
    public const double Most = 1000;

    /// <inheritdoc/>
    public override bool KeepsArgMax => true;

    private protected override Calibrator Learn(CalibrationRows rows) => new Scaler(this, rows.Classes, Search(rows));

    private protected override Calibrator ReadNumbers(BinaryReader reader, int classes) => new Scaler(this, classes, ReadTemperature(reader));

    internal static double ReadTemperature(BinaryReader reader)
    {
        var temperature = Calibrator.ReadAll(reader, 1)[0];
        Check.InRange(temperature, Least, Most, "A saved temperature");
        return temperature;
    }

    /// <summary>The best temperature.</summary>
    internal static double Search(CalibrationRows rows)
    {
        var b = 1.0; // 1 / T, in which the loss is convex
        var (slope, bend) = Slope(rows, b);
        if (slope == 0)
            return 1;

        // between the two the slope changes its sign, or the outer end is the best
        var (low, high) = slope < 0 ? (1, 1 / Least) : (1 / Most, 1.0);
        var outer = slope < 0 ? high : low;
        var (end, _) = Slope(rows, outer);
        if (slope < 0 ? end <= 0 : end >= 0)
            return 1 / outer;

        for (var step = 0; step < 200 && high - low > 4e-16 * high; step++)
        {
            var next = b - slope / bend;
            if (!(next > low && next < high))
                next = Math.Sqrt(low * high);
            if (Math.Abs(next - b) <= 1e-15 * b)
                break;
            b = next;
            (slope, bend) = Slope(rows, b);
            if (slope == 0)
                break;
            if (slope < 0)
                low = b;
            else
                high = b;
        }

        return Math.Clamp(1 / b, Least, Most);
    }

    /// <summary>First and second derivative of the log-loss in the inverse temperature.</summary>
    private static (double Slope, double Bend) Slope(CalibrationRows rows, double b)
    {
        var (slope, bend) = (0.0, 0.0);
        var classes = rows.Classes;
        var block = Math.Max(1, 4096 / classes);
        var memory = new double[Math.Min(block, rows.Count) * classes];
        for (var start = 0; start < rows.Count; start += block)
        {
            var count = Math.Min(block, rows.Count - start);
            var odds = memory.AsSpan(0, count * classes);
            for (var i = 0; i < count; i++)
            {
                var row = rows.Row(start + i);
                TensorPrimitives.Subtract(row, TensorPrimitives.Max<double>(row), odds.Slice(i * classes, classes));
            }

            TensorPrimitives.Multiply(odds, b, odds);
            TensorPrimitives.Exp(odds, odds);
            for (var i = 0; i < count; i++)
            {
                var row = rows.Row(start + i);
                var own = row[rows.Labels[start + i]];
                var (sum, first, second) = (0.0, 0.0, 0.0);
                for (var k = 0; k < classes; k++)
                {
                    var (e, gap) = (odds[i * classes + k], row[k] - own);
                    sum += e;
                    first += e * gap;
                    second += e * gap * gap;
                }

                var (weight, mean) = (rows.Weight(start + i), first / sum);
                slope += weight * mean;
                bend += weight * (second / sum - mean * mean);
            }
        }

        return (slope, bend);
    }

    private sealed class Scaler(TemperatureScaling calibration, int classes, double temperature) : Calibrator(calibration, classes)
    {
        private protected override void Change(Span<double> row) => Logits.Softmax(row, 1 / temperature);

        private protected override void WriteNumbers(BinaryWriter writer) => Write(writer, [temperature]);
    }
}
