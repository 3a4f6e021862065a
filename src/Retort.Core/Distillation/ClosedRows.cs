using System.Buffers;

namespace Retort;

/// <summary>Distillations that take each row by itself, with their gradients in closed form and double precision.</summary>
internal static class ClosedRows
{
    /// <summary>The distance of a row from its teacher; leaves its gradient at the student's logits in <see cref="TaughtRow.Slope"/>.</summary>
    public delegate double Row(TaughtRow row);

    /// <summary>As <see cref="IClosedForm.AddGradient"/>.</summary>
    /// <param name="batch">What the network said, and its teacher.</param>
    /// <param name="factor">What the gradient is multiplied with.</param>
    /// <param name="gradient">What it is added to.</param>
    /// <param name="temperature">What both sides' logits are divided by.</param>
    /// <param name="distance">What is taken the mean of.</param>
    public static double AddGradient(StepOutputs batch, double factor, Span<float> gradient, double temperature, Row distance)
    {
        var (unit, sum, classes, taught) = (batch.UnitShare, 0.0, batch.Logits, batch.Rows / batch.Members * batch.Logits);
        var count = batch.Rows * classes;
        var memory = ArrayPool<double>.Shared.Rent(2 * count + 2 * taught + classes);
        var logOwn = memory.AsSpan(0, count);
        var own = memory.AsSpan(count, count);
        var logWanted = memory.AsSpan(2 * count, taught);
        var wanted = memory.AsSpan(2 * count + taught, taught);
        var slope = memory.AsSpan(2 * count + 2 * taught, classes);
        try
        {
            batch.CopyLogits(logOwn);
            LogSoftmax(logOwn, own, classes, temperature);
            Teacher(batch, logWanted);
            LogSoftmax(logWanted, wanted, classes, temperature);
            for (var place = 0; place < batch.Rows; place++)
            {
                var example = place / batch.Members;
                var share = unit * batch.Weight(place);
                var (label, partner, part) = batch.Label(place);
                sum += share * distance(new()
                {
                    LogOwn = logOwn.Slice(place * classes, classes),
                    Own = own.Slice(place * classes, classes),
                    LogWanted = logWanted.Slice(example * classes, classes),
                    Wanted = wanted.Slice(example * classes, classes),
                    Slope = slope,
                    Label = label,
                    Partner = partner,
                    LabelShare = part,
                    Place = place,
                });
                foreach (ref var one in slope)
                    one *= factor * share;
                batch.Add(gradient, place, slope);
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(memory);
        }

        return sum;
    }

    /// <summary>The logarithms of what the teacher says.</summary>
    public static void Teacher(StepOutputs batch, Span<double> logits)
    {
        TensorPrimitives.ConvertTruncating(batch.Teacher, logits);
        TensorPrimitives.Max(logits, 1e-12f, logits);
        TensorPrimitives.Log<double>(logits, logits);
    }

    /// <summary>Logits of rows become, in place, the logarithms of their softmax at a temperature.</summary>
    /// <param name="logits">[rows × classes].</param>
    /// <param name="probabilities">The softmax itself, as many numbers.</param>
    /// <param name="classes">How many a row has.</param>
    /// <param name="temperature">What they are divided by.</param>
    public static void LogSoftmax(Span<double> logits, Span<double> probabilities, int classes, double temperature)
    {
        for (var start = 0; start < logits.Length; start += classes)
        {
            var largest = double.NegativeInfinity;
            var row = logits.Slice(start, classes);
            foreach (var logit in row)
                largest = logit > largest || double.IsNaN(logit) ? logit : largest;
            foreach (ref var logit in row)
                logit = (logit - largest) / temperature;
        }

        TensorPrimitives.Exp<double>(logits, probabilities);
        for (var start = 0; start < logits.Length; start += classes)
        {
            var sum = 0.0;
            var row = probabilities.Slice(start, classes);
            foreach (var one in row)
                sum += one;
            var logSum = Math.Log(sum);
            for (var i = 0; i < classes; i++)
            {
                row[i] /= sum;
                logits[start + i] -= logSum;
            }
        }
    }

    /// <summary>A gradient at logarithms of probabilities becomes, in place, that at the logits of their softmax, times a factor.</summary>
    public static void AtLogits(Span<double> slope, ReadOnlySpan<double> probabilities, double factor)
    {
        var sum = 0.0;
        foreach (var own in slope)
            sum += own;
        for (var i = 0; i < slope.Length; i++)
            slope[i] = factor * (slope[i] - probabilities[i] * sum);
    }
}
