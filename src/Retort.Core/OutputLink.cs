namespace Retort;

/// <summary>How labels are brought to the size that networks learn well.</summary>
internal enum LabelScaling
{
    /// <summary>Mean 0, deviation 1.</summary>
    Standardised,

    /// <summary>Divided by the mean, so that 0 stays 0: for counts and amounts.</summary>
    MeanOne,
}

/// <summary>The ways from a network's raw outputs to what it serves.</summary>
internal enum LinkFunction
{
    /// <summary>The outputs themselves: logits, or a value.</summary>
    Identity,

    /// <summary>Of each logit the logarithm of StableMax's <c>s(x) = x + 1 for x ≥ 0, else 1 / (1 - x)</c>; their softmax is StableMax.</summary>
    StableMax,

    /// <summary><c>exp(output)</c>, a mean that is positive.</summary>
    Exponential,

    /// <summary>Quantiles in rising order: the first output, and each further one <c>softplus(output)</c> above the one before.</summary>
    Quantiles,

    /// <summary>A mean, and <c>exp(output)</c>, with the output held within ±<see cref="OutputLink.LargestLogScale"/>, the deviation.</summary>
    MeanAndDeviation,

    /// <summary>The mean of <see cref="OutputLink.Points"/> by the softmax of the outputs.</summary>
    Levels,
}

/// <summary>How a fitted network's outputs become what it serves.</summary>
/// <param name="Function">The way.</param>
/// <param name="Points">The levels of quantiles in (0, 1), or the values of levels in the scaled label; else empty.</param>
internal sealed record OutputLink(LinkFunction Function, ValueList<double> Points)
{
    /// <summary>Bounds the logarithm of a deviation.</summary>
    public const double LargestLogScale = 15;

    public static OutputLink Identity { get; } = new(LinkFunction.Identity, []);

    /// <summary>What is added after <see cref="Factor"/>, to come back to the label's unit.</summary>
    public double Offset { get; init; }

    /// <summary>What the scaled label is multiplied with.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>A row's raw outputs become, in place, logits; or values in the label's unit, of which the rest is left as it is where they are fewer.</summary>
    public void Apply(Span<float> outputs)
    {
        switch (Function)
        {
            case LinkFunction.StableMax:
                foreach (ref var output in outputs)
                    output = output >= 0 ? MathF.Log(1 + output) : -MathF.Log(1 - output);
                break;
            case LinkFunction.Exponential:
                outputs[0] = (float)(Factor * Math.Exp(outputs[0]) + Offset);
                break;
            case LinkFunction.Quantiles:
                var quantile = (double)outputs[0];
                outputs[0] = (float)(Factor * quantile + Offset);
                for (var i = 1; i < outputs.Length; i++)
                {
                    quantile += Math.Max(outputs[i], 0) + Math.Log(1 + Math.Exp(-Math.Abs(outputs[i])));
                    outputs[i] = (float)(Factor * quantile + Offset);
                }

                break;
            case LinkFunction.MeanAndDeviation:
                outputs[0] = (float)(Factor * outputs[0] + Offset);
                outputs[1] = (float)(Factor * Math.Exp(Math.Clamp(outputs[1], -LargestLogScale, LargestLogScale)));
                break;
            case LinkFunction.Levels:
                Logits.Softmax(outputs);
                var mean = 0.0;
                for (var i = 0; i < outputs.Length; i++)
                    mean += outputs[i] * Points[i];
                outputs[0] = (float)(Factor * mean + Offset);
                break;
        }
    }
}
