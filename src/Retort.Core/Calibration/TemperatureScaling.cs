namespace Retort;

/// <summary>One temperature for all logits, chosen for the best log-loss: the calibration that cannot make a decision worse.</summary>
/// <remarks>
/// <c>p = softmax(z / T)</c> with <c>T = argmin sum_i w_i (logsumexp(z_i / T) - z_i[y_i] / T)</c>. The sum is convex in 1 / T, so the sign of its derivative brackets the one best T; Newton steps within the bracket,
/// halvings of it in log T elsewhere, end where a step would move T by less than 1e-12 of itself. Nothing can fail: T stays in [<see cref="Least"/>, <see cref="Most"/>]. It is <see cref="Least"/> where sharper is always better, as where
/// every row's true class is its likeliest, <see cref="Most"/> where flatter is always better, and 1 where no temperature matters, as where all logits of each row are equal.
/// Of many rows, some thousand are searched first, which leaves two or three steps over all of them.
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

    private const int Few = 4000;

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

    /// <summary>The best temperature for rows that were checked.</summary>
    internal static double Search(CalibrationRows rows)
    {
        // of many rows, some thousand lead near
        var stride = rows.Count / Few;
        var b = 1.0; // 1 / T, in which the loss is convex
        if (stride >= 4)
            b = 1 / Search(new Columns(rows, stride), 1);
        return Search(new Columns(rows, 1), b);
    }

    private static double Search(Columns columns, double b)
    {
        var (slope, bend) = columns.Slope(b);
        if (slope == 0)
            return b == 1 || columns.Slope(1).Slope != 0 ? 1 / b : 1;

        // between the two the slope changes its sign, or an end of the range is the best
        var (low, high, isLow, isHigh) = (1 / Most, 1 / Least, false, false); // whether an end is known to lie beside the best
        for (var step = 0; step < 200; step++)
        {
            (low, high, isLow, isHigh) = slope < 0 ? (b, high, true, isHigh) : (low, b, isLow, true);
            var next = b - slope / bend;
            if (!(next < high) && !isHigh || !(next > low) && !isLow)
                next = slope < 0 ? high : low;
            else if (!(next > low && next < high))
                next = Math.Sqrt(low * high);
            if (Math.Abs(next - b) <= 1e-12 * b) // squared by the step that was its last
                return Math.Clamp(1 / next, Least, Most);
            b = next;
            (slope, bend) = columns.Slope(b);
            if (slope == 0 || b == 1 / Least && slope < 0 || b == 1 / Most && slope > 0)
                break;
        }

        return Math.Clamp(1 / b, Least, Most);
    }

    /// <summary>The logits class by class, so that rows stand side by side.</summary>
    private sealed class Columns
    {
        private const int Block = 512;

        private readonly double[][] _columns;
        private readonly double[] _weights, _memory = new double[4 * Block];
        private readonly double _own; // the weighted sum of the true classes' logits

        public Columns(CalibrationRows rows, int stride)
        {
            var count = rows.Count / stride;
            (_columns, _weights) = (new double[rows.Classes][], new double[count]);
            for (var k = 0; k < _columns.Length; k++)
                _columns[k] = new double[count];
            for (var i = 0; i < count; i++)
            {
                var row = rows.Row(i * stride);
                _weights[i] = rows.Weight(i * stride);
                _own += _weights[i] * row[rows.Labels[i * stride]];
                for (var k = 0; k < row.Length; k++)
                    _columns[k][i] = row[k];
            }
        }

        /// <summary>First and second derivative of the log-loss in the inverse temperature.</summary>
        public (double Slope, double Curvature) Slope(double b)
        {
            var (slope, bend) = (-_own, 0.0);
            for (var start = 0; start < _weights.Length; start += Block)
            {
                var count = Math.Min(Block, _weights.Length - start);
                var odds = _memory.AsSpan(0, count);
                var sums = _memory.AsSpan(Block, count);
                var first = _memory.AsSpan(2 * Block, count);
                var second = _memory.AsSpan(3 * Block, count);
                sums.Clear();
                first.Clear();
                second.Clear();
                foreach (var column in _columns)
                {
                    var logits = column.AsSpan(start, count); // none above 0
                    TensorPrimitives.Multiply(logits, b, odds);
                    TensorPrimitives.Exp<double>(odds, odds);
                    TensorPrimitives.Add<double>(sums, odds, sums);
                    TensorPrimitives.Multiply<double>(odds, logits, odds);
                    TensorPrimitives.Add<double>(first, odds, first);
                    TensorPrimitives.MultiplyAdd<double>(odds, logits, second, second);
                }

                var weights = _weights.AsSpan(start, count);
                TensorPrimitives.Divide<double>(first, sums, first);
                TensorPrimitives.Divide<double>(second, sums, second);
                slope += TensorPrimitives.Dot<double>(weights, first);
                TensorPrimitives.Multiply<double>(first, first, first);
                TensorPrimitives.Subtract<double>(second, first, second);
                bend += TensorPrimitives.Dot<double>(weights, second);
            }

            return (slope, bend);
        }
    }

    private sealed class Scaler(TemperatureScaling calibration, int classes, double temperature) : Calibrator(calibration, classes)
    {
        private protected override void Change(Span<double> row) => Logits.Softmax(row, 1 / temperature);

        private protected override OnnxValue Change(OnnxValue rows, IReadOnlyList<OnnxValue> copies) => (rows * (1 / temperature)).Softmax(1);

        private protected override void WriteNumbers(BinaryWriter writer) => Write(writer, [temperature]);
    }
}
