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

    /// <summary>Several sets of outputs: their mean, with <see cref="OutputLink.Points"/> as shares.</summary>
    MeanOfSets,

    /// <summary>Several sets of logits: the logarithm of the mean of their probabilities, with <see cref="OutputLink.Points"/> as shares, and behind them a temperature for each.</summary>
    Mixture,

    /// <summary>As <see cref="Mixture"/>, where a set's share of a row is its entropy there to the power of minus its number in <see cref="OutputLink.Points"/>.</summary>
    Steered,
}

/// <summary>How a fitted network's outputs become what it serves.</summary>
/// <param name="Function">The way.</param>
/// <param name="Points">The levels of quantiles in (0, 1), the values of levels in the scaled label, or the shares of sets; else empty.</param>
internal sealed record OutputLink(LinkFunction Function, ValueList<double> Points)
{
    /// <summary>Bounds the logarithm of a deviation.</summary>
    public const double LargestLogScale = 15;

    private const double LeastEntropy = 1e-6; // of a set that is all but certain, whose share must be finite
    private const double LeastProbability = 1e-15; // what a difference of two sigmoids can tell from 0

    public static OutputLink Identity { get; } = new(LinkFunction.Identity, []);

    /// <summary>Quantiles at rising levels in (0, 1).</summary>
    public static OutputLink AtLevels(ValueList<double> levels) => new(LinkFunction.Quantiles, levels);

    /// <summary>The mean of sets of outputs, by shares that sum to 1.</summary>
    public static OutputLink MeanOf(ValueList<double> shares) => new(LinkFunction.MeanOfSets, shares);

    /// <summary>The mixture of sets of logits, by shares that sum to 1, each softened by its temperature.</summary>
    public static OutputLink Mixture(ValueList<double> shares, ValueList<double> temperatures) => new(LinkFunction.Mixture, [.. shares, .. temperatures]);

    /// <summary>The mixture of sets of logits, each row's shares by what the sets are sure of, the more so the larger their exponents.</summary>
    public static OutputLink Steered(ValueList<double> exponents) => new(LinkFunction.Steered, exponents);

    /// <summary>How many sets of outputs become one.</summary>
    public int Sets => Function switch { LinkFunction.MeanOfSets or LinkFunction.Steered => Points.Count, LinkFunction.Mixture => Points.Count / 2, _ => 1 };

    /// <summary>Whether a label's scale can be folded into the last layer.</summary>
    public bool IsLinear => Function is LinkFunction.Identity or LinkFunction.MeanOfSets;

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
        var count = reader.ReadInt32();
        var fits = function switch
        {
            LinkFunction.Quantiles or LinkFunction.Levels => count == outputs,
            LinkFunction.MeanOfSets or LinkFunction.Steered => count > 0 && count <= outputs && outputs % count == 0,
            LinkFunction.Mixture => count > 0 && count % 2 == 0 && count / 2 <= outputs && outputs % (count / 2) == 0,
            _ => count == 0,
        };
        if (!fits || function == LinkFunction.MeanAndDeviation && outputs != 2)
            throw Check.Wrong("The number of a saved network's levels", $"fit its {outputs} outputs", $"{count}");
        var points = new double[count];
        foreach (ref var point in points.AsSpan())
            point = Finite(reader.ReadDouble());
        return new(function, ValueList.Of<double>(points)) { Offset = Finite(reader.ReadDouble()), Factor = Finite(reader.ReadDouble()) };

        static double Finite(double number) => double.IsFinite(number) ? number : throw Check.Wrong("A saved network's level", "be finite", Check.Text(number));
    }

    /// <summary>Raw outputs [rows, outputs] as logits, of several sets as one; those of regression as they are.</summary>
    public Tensor ToLogits(Tensor outputs)
    {
        switch (Function)
        {
            case LinkFunction.StableMax:
                return outputs.sign() * outputs.abs().log1p();
            case LinkFunction.MeanOfSets:
                return Split(outputs).Select((set, i) => set * Points[i]).Aggregate((sum, set) => sum + set);
            case LinkFunction.Mixture:
                var sets = Split(outputs).Select((set, i) => set / Points[Sets + i]).ToArray();
                Tensor Mean(Func<Tensor, Tensor> logarithm) => stack([.. sets.Select((set, i) => logarithm(set) + Math.Log(Points[i]))], 2).logsumexp(2);
                return sets[0].shape[1] > 1 ? Mean(set => set.log_softmax(1)) : Mean(nn.functional.logsigmoid) - Mean(set => nn.functional.logsigmoid(-set));
            case LinkFunction.Steered:
                return Steer([.. Split(outputs)]);
            case not LinkFunction.Cumulative:
                return outputs;
        }

        var until = outputs.narrow(1, 0, outputs.shape[1] - 1).to_type(float64).cummax(1).Item1.sigmoid();
        var none = zeros_like(until.narrow(1, 0, 1));
        return (cat([until, none + 1], 1) - cat([none, until], 1)).clamp_min(LeastProbability).log().to_type(outputs.dtype);
    }

    /// <summary>As <see cref="ToLogits(Tensor)"/>, as nodes of a graph.</summary>
    /// <param name="outputs">[rows, sets × width].</param>
    /// <param name="width">How many logits there are.</param>
    public OnnxValue ToLogits(OnnxValue outputs, int width)
    {
        switch (Function)
        {
            case LinkFunction.StableMax:
                return outputs.Sign() * (outputs.Abs() + 1).Log();
            case LinkFunction.MeanOfSets:
                return Split(outputs, width).Select((set, i) => set * Points[i]).Aggregate((sum, set) => sum + set);
            case LinkFunction.Mixture or LinkFunction.Steered:
                return Mix(outputs.To(OnnxType.Double), width).To(OnnxType.Float);
            case not LinkFunction.Cumulative:
                return outputs;
        }

        var wide = outputs.To(OnnxType.Double);
        var until = new List<OnnxValue>();
        for (var k = 0; k < width - 1; k++)
            until.Add(k == 0 ? wide.Slice(1, 0, 1) : until[^1].Max(wide.Slice(1, k, k + 1)));
        var below = OnnxValue.Join(until, 1).Sigmoid();
        var none = below.Slice(1, 0, 1) * 0;
        return (OnnxValue.Join([below, none + 1], 1) - OnnxValue.Join([none, below], 1)).Max(LeastProbability).Log().To(OnnxType.Float);
    }

    /// <summary>As <see cref="ToLogits(Tensor)"/>, for one row.</summary>
    /// <param name="outputs">The raw outputs. May be overwritten.</param>
    /// <param name="logits">The logits; of one set it may be the same memory.</param>
    public void ToLogits(Span<float> outputs, Span<float> logits)
    {
        switch (Function)
        {
            case LinkFunction.StableMax:
                for (var i = 0; i < outputs.Length; i++)
                    logits[i] = MathF.CopySign(MathF.Log(1 + MathF.Abs(outputs[i])), outputs[i]);
                break;
            case LinkFunction.Cumulative:
                Cumulative(outputs, logits);
                break;
            case LinkFunction.MeanOfSets:
                logits.Clear();
                for (var i = 0; i < outputs.Length; i++)
                    logits[i % logits.Length] += (float)Points[i / logits.Length] * outputs[i];
                break;
            case LinkFunction.Mixture or LinkFunction.Steered:
                Mix(outputs, logits);
                break;
            default:
                outputs.CopyTo(logits);
                break;
        }
    }

    private static void Cumulative(ReadOnlySpan<float> outputs, Span<float> logits)
    {
        var (highest, below) = (double.NegativeInfinity, 0.0);
        for (var k = 0; k < outputs.Length; k++)
        {
            highest = k < outputs.Length - 1 ? Math.Max(highest, outputs[k]) : double.PositiveInfinity;
            var until = 1 / (1 + Math.Exp(-highest));
            logits[k] = (float)Math.Log(Math.Max(until - below, LeastProbability));
            below = until;
        }
    }

    private void Mix(ReadOnlySpan<float> outputs, Span<float> logits)
    {
        var classes = Math.Max(2, logits.Length); // one logit z stands for (0, z)
        Span<double> all = classes <= 128 ? stackalloc double[2 * classes] : new double[2 * classes];
        var set = all[..classes];
        var sums = all[classes..];
        sums.Clear();
        for (var k = 0; k < Sets; k++)
        {
            set[0] = 0;
            for (var i = 0; i < logits.Length; i++)
                set[classes - logits.Length + i] = Function == LinkFunction.Steered ? outputs[k * logits.Length + i] : outputs[k * logits.Length + i] / Points[Sets + k];
            StepOutputs.Softmax(set);
            var share = Function == LinkFunction.Steered ? Math.Pow(Entropy(set), -Points[k]) : Points[k];
            for (var i = 0; i < classes; i++)
                sums[i] += share * set[i];
        }

        if (Function == LinkFunction.Steered)
            TensorPrimitives.Divide(sums, TensorPrimitives.Sum<double>(sums), sums);

        for (var i = 0; i < logits.Length; i++)
            logits[i] = (float)(Math.Log(Math.Max(sums[classes - logits.Length + i], float.Epsilon)) - (logits.Length == 1 ? Math.Log(Math.Max(sums[0], float.Epsilon)) : 0));
    }

    private Tensor Steer(Tensor[] sets)
    {
        var logarithms = stack([.. sets.Select(set => set.to_type(float64)).Select(set => set.shape[1] > 1 ? set.log_softmax(1) : cat([nn.functional.logsigmoid(-set), nn.functional.logsigmoid(set)], 1))], 2); // [rows, classes, sets]
        var entropies = -(logarithms.exp() * logarithms.clamp_min(-100)).sum([1L]);
        var exponents = tensor(Points.ToArray(), dtype: float64, device: sets[0].device);
        var shares = (-exponents * entropies.clamp_min(LeastEntropy).log()).log_softmax(1).unsqueeze(1);
        var mixed = (logarithms + shares).logsumexp(2).to_type(sets[0].dtype);
        return sets[0].shape[1] > 1 ? mixed : mixed.narrow(1, 1, 1) - mixed.narrow(1, 0, 1);
    }

    private OnnxValue Mix(OnnxValue outputs, int width)
    {
        var logarithms = Split(outputs, width).Select((set, i) => Function == LinkFunction.Steered ? set : set / Points[Sets + i])
            .Select(set => width > 1 ? set.LogSoftmax(1) : OnnxValue.Join([-set.Softplus(), -(-set).Softplus()], 1)).ToArray();
        var sets = logarithms.Select((set, i) => Weighed(set, i).Reshape(-1, Math.Max(2, width), 1)).ToArray();
        var mixed = OnnxValue.Join(sets, 2).LogSumExp(2);
        return width > 1 ? mixed.LogSoftmax(1) : mixed.Slice(1, 1, 2) - mixed.Slice(1, 0, 1);

        OnnxValue Weighed(OnnxValue set, int i) => Function == LinkFunction.Mixture ? set + Math.Log(Points[i])
            : set - (-(set.Exp() * set.Max(-100)).Sum(1, keeps: true)).Max(LeastEntropy).Log() * Points[i];
    }

    private IEnumerable<OnnxValue> Split(OnnxValue outputs, int width) => Enumerable.Range(0, Sets).Select(set => outputs.Slice(1, set * width, (set + 1) * width));

    private static double Entropy(ReadOnlySpan<double> probabilities)
    {
        var entropy = 0.0;
        foreach (var probability in probabilities)
            entropy -= probability > 0 ? probability * Math.Log(probability) : 0;
        return Math.Max(entropy, LeastEntropy);
    }

    private IEnumerable<Tensor> Split(Tensor outputs)
    {
        var width = outputs.shape[1] / Sets;
        return Enumerable.Range(0, Sets).Select(set => outputs.narrow(1, set * width, width));
    }

    /// <summary>The way back of <see cref="ToLogits(Tensor)"/>.</summary>
    public Tensor FromLogits(Tensor logits) => Function == LinkFunction.StableMax ? logits.sign() * logits.abs().expm1() : logits;

    /// <summary>The same in units of the label; a plain value is scaled in the network's last layer instead.</summary>
    public OutputLink In(Scale scale) => IsLinear ? this : this with { Offset = scale.Mean, Factor = scale.Deviation };

    /// <summary>Raw outputs [rows, outputs] in regression become values in the label's unit, as nodes of a graph.</summary>
    public OnnxValue ToValues(OnnxValue outputs)
    {
        var wide = outputs.To(OnnxType.Double);
        switch (Function)
        {
            case LinkFunction.Exponential:
                return (wide.Exp() * Factor + Offset).To(OnnxType.Float);
            case LinkFunction.Quantiles:
                var steps = Points.Count == 1 ? wide : OnnxValue.Join([wide.Slice(1, 0, 1), wide.Slice(1, 1, Points.Count).Softplus()], 1);
                return (steps.CumulativeSum(1) * Factor + Offset).To(OnnxType.Float);
            case LinkFunction.MeanAndDeviation:
                return OnnxValue.Join([wide.Slice(1, 0, 1) * Factor + Offset, wide.Slice(1, 1, 2).Clip(-LargestLogScale, LargestLogScale).Exp() * Factor], 1).To(OnnxType.Float);
            case LinkFunction.Levels:
                return (wide.Softmax(1).MatMul(wide.Graph.Constant(Points.ToArray(), Points.Count, 1)) * Factor + Offset).To(OnnxType.Float);
            default:
                return outputs;
        }
    }

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
