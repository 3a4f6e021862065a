namespace Retort;

/// <summary>From logits to probabilities.</summary>
internal static class Logits
{
    public static float Sigmoid(float logit)
    {
        var odds = MathF.Exp(-MathF.Abs(logit)); // at most 1, so nothing overflows
        return (logit >= 0 ? 1 : odds) / (1 + odds);
    }

    public static double Sigmoid(double logit)
    {
        var odds = Math.Exp(-Math.Abs(logit));
        return (logit >= 0 ? 1 : odds) / (1 + odds);
    }

    /// <summary>In place, [classes].</summary>
    public static void Softmax(Span<float> logits)
    {
        var most = float.NegativeInfinity;
        foreach (var logit in logits)
            most = MathF.Max(most, logit);

        var sum = 0f;
        foreach (ref var value in logits)
            sum += value = MathF.Exp(value - most);
        foreach (ref var value in logits)
            value /= sum;
    }

    /// <summary>In place, [classes]: <c>softmax(factor * logits)</c>.</summary>
    public static void Softmax(Span<double> logits, double factor = 1)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max<double>(logits), logits);
        if (factor != 1)
            TensorPrimitives.Multiply(logits, factor, logits);
        TensorPrimitives.Exp(logits, logits);
        TensorPrimitives.Divide(logits, TensorPrimitives.Sum<double>(logits), logits);
    }

    /// <summary>In place, [classes]: log-probabilities.</summary>
    public static void LogSoftmax(Span<double> logits)
    {
        var most = TensorPrimitives.Max<double>(logits);
        var sum = 0.0;
        foreach (var value in logits)
            sum += Math.Exp(value - most);
        var shift = most + Math.Log(sum);
        foreach (ref var value in logits)
            value -= shift;
    }

    /// <summary>The place of the largest value, the first of equals; -1 where a value is NaN.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsNaN(values[i]))
                return -1;
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }
}
