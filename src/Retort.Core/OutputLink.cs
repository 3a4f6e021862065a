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

    /// <summary>The outputs but the last are logits of <c>P(y ≤ k)</c>, each taken to be at least the one before; a class's logit is the logarithm of the difference.</summary>
    Cumulative,

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

    private const double LeastProbability = 1e-15; // what a difference of two sigmoids can tell from 0

    public static OutputLink Identity { get; } = new(LinkFunction.Identity, []);

    /// <summary>Quantiles at rising levels in (0, 1).</summary>
    public static OutputLink AtLevels(ValueList<double> levels) => new(LinkFunction.Quantiles, levels);

    /// <summary>What is added after <see cref="Factor"/>, to come back to the label's unit.</summary>
    public double Offset { get; init; }

    /// <summary>What the scaled label is multiplied with.</summary>
    public double Factor { get; init; } = 1;

    public void Write(BinaryWriter writer)
    {
        writer.Write((int)Function);
        writer.Write(Points.Count);
        foreach (var number in (double[])[.. Points, Offset, Factor])
            writer.Write(number);
    }

    /// <exception cref="ArgumentException">The data is not what <see cref="Write"/> writes for so many outputs.</exception>
    public static OutputLink Read(BinaryReader reader, int outputs)
    {
        var function = (LinkFunction)reader.ReadInt32();
        Check.Defined(function);
        var wanted = function is LinkFunction.Quantiles or LinkFunction.Levels ? outputs : 0;
        if (reader.ReadInt32() is var count && count != wanted || function == LinkFunction.MeanAndDeviation && outputs != 2)
            throw Check.Wrong("The number of a saved network's levels", $"fit its {outputs} outputs", $"{count}");
        var points = new double[wanted];
        foreach (ref var point in points.AsSpan())
            point = Finite(reader.ReadDouble());
        return new(function, ValueList.Of<double>(points)) { Offset = Finite(reader.ReadDouble()), Factor = Finite(reader.ReadDouble()) };

        static double Finite(double number) => double.IsFinite(number) ? number : throw Check.Wrong("A saved network's level", "be finite", Check.Text(number));
    }

    /// <summary>Raw outputs [rows, outputs] as logits; those of regression as they are.</summary>
    public Tensor ToLogits(Tensor outputs)
    {
        if (Function == LinkFunction.StableMax)
            return outputs.sign() * outputs.abs().log1p();
        if (Function != LinkFunction.Cumulative)
            return outputs;
        var until = outputs.narrow(1, 0, outputs.shape[1] - 1).to_type(float64).cummax(1).Item1.sigmoid();
        var none = zeros_like(until.narrow(1, 0, 1));
        return (cat([until, none + 1], 1) - cat([none, until], 1)).clamp_min(LeastProbability).log().to_type(outputs.dtype);
    }

    /// <summary>As <see cref="ToLogits(Tensor)"/>, in place.</summary>
    public void ToLogits(Span<float> outputs)
    {
        if (Function == LinkFunction.StableMax)
            foreach (ref var output in outputs)
                output = MathF.CopySign(MathF.Log(1 + MathF.Abs(output)), output);
        if (Function != LinkFunction.Cumulative)
            return;
        var (highest, below) = (double.NegativeInfinity, 0.0);
        for (var k = 0; k < outputs.Length; k++)
        {
            highest = k < outputs.Length - 1 ? Math.Max(highest, outputs[k]) : double.PositiveInfinity;
            var until = 1 / (1 + Math.Exp(-highest));
            outputs[k] = (float)Math.Log(Math.Max(until - below, LeastProbability));
            below = until;
        }
    }

    /// <summary>The way back of <see cref="ToLogits(Tensor)"/>.</summary>
    public Tensor FromLogits(Tensor logits) => Function == LinkFunction.StableMax ? logits.sign() * logits.abs().expm1() : logits;

    /// <summary>The same in units of the label; a plain value is scaled in the network's last layer instead.</summary>
    public OutputLink In(Scale scale) => Function == LinkFunction.Identity ? this : this with { Offset = scale.Mean, Factor = scale.Deviation };

    /// <summary>A row's raw outputs in regression become, in place, values in the label's unit. Of <see cref="LinkFunction.Levels"/> the first.</summary>
    public void ToValues(Span<float> outputs)
    {
        switch (Function)
        {
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
