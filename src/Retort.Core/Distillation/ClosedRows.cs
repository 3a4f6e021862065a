namespace Retort;

/// <summary>Distillations that take each row by itself, with their gradients in closed form and double precision.</summary>
internal static class ClosedRows
{
    /// <summary>The distance of a row from its teacher; leaves its gradient at the student's logits. What it is given it may overwrite.</summary>
    /// <param name="student">The network's logits [classes].</param>
    /// <param name="teacher">The teacher's logits [classes].</param>
    /// <param name="label">The true class.</param>
    /// <param name="slope">[classes].</param>
    public delegate double Row(Span<double> student, Span<double> teacher, int label, Span<double> slope);

    /// <summary>As <see cref="IClosedForm.AddGradient"/>.</summary>
    public static double AddGradient(StepOutputs batch, double factor, Span<float> gradient, Row row)
    {
        var (unit, sum, classes) = (batch.UnitShare, 0.0, batch.Logits);
        Span<double> all = classes <= 128 ? stackalloc double[3 * classes] : new double[3 * classes];
        var student = all[..classes];
        var teacher = all[classes..(2 * classes)];
        var slope = all[(2 * classes)..];
        for (var place = 0; place < batch.Rows; place++)
        {
            var scores = batch.Teacher.Slice(place / batch.Members * classes, classes);
            for (var i = 0; i < classes; i++)
                (student[i], teacher[i]) = (batch.OwnLogit(place, i), Math.Log(Math.Max(scores[i], 1e-12f)));
            var share = unit * batch.Weight(place);
            sum += share * row(student, teacher, (int)batch.Classes[place / batch.Members], slope);
            foreach (ref var own in slope)
                own *= factor * share;
            batch.Add(gradient, place, slope);
        }

        return sum;
    }

    /// <summary>Logits become, in place, the logarithms of their softmax at a temperature.</summary>
    public static void LogSoftmax(Span<double> logits, double temperature)
    {
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        foreach (ref var logit in logits)
        {
            logit /= temperature;
            largest = logit > largest || double.IsNaN(logit) ? logit : largest;
        }

        foreach (var logit in logits)
            sum += Math.Exp(logit - largest);
        var shift = largest + Math.Log(sum);
        foreach (ref var logit in logits)
            logit -= shift;
    }

    /// <summary>A gradient at logarithms of probabilities becomes, in place, that at the logits of their softmax, times a factor.</summary>
    public static void AtLogits(Span<double> slope, ReadOnlySpan<double> logP, double factor)
    {
        var sum = 0.0;
        foreach (var own in slope)
            sum += own;
        for (var i = 0; i < slope.Length; i++)
            slope[i] = factor * (slope[i] - Math.Exp(logP[i]) * sum);
    }
}
