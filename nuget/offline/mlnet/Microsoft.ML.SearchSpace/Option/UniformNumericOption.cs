namespace Microsoft.ML.SearchSpace.Option;

/// Numbers in [Min, Max], evenly spread, or evenly spread in their logarithm.
public abstract class UniformNumericOption : OptionBase
{
    public UniformNumericOption(double min, double max, bool logBase = false)
    {
        if (!(max > min)) throw new ArgumentOutOfRangeException(nameof(max), FormattableString.Invariant($"max must be above min {min}, but is {max}."));
        if (logBase && !(min > 0)) throw new ArgumentOutOfRangeException(nameof(min), FormattableString.Invariant($"min must be above 0 with logBase, but is {min}."));
        (Min, Max, LogBase) = (min, max, logBase);
        Default = [0];
    }

    public double Min { get; }

    public double Max { get; }

    public bool LogBase { get; }

    public override int FeatureSpaceDim => 1;

    public override int?[] Step => [null];

    public override Parameter SampleFromFeatureSpace(double[] values) => Parameter.FromDouble(Value(values));

    public override double[] MappingToFeatureSpace(Parameter param) => [Feature(param.AsType<double>())];

    private protected double Value(double[] values)
    {
        Check(values, 1);
        var value = LogBase ? Math.Exp(Math.Log(Min) + values[0] * (Math.Log(Max) - Math.Log(Min))) : Min + values[0] * (Max - Min);
        return Math.Clamp(value, Min, Max);
    }

    private protected double Feature(double value)
    {
        if (!(value >= Min && value <= Max)) throw new ArgumentOutOfRangeException(nameof(value), FormattableString.Invariant($"The value must lie in [{Min}, {Max}], but is {value}."));
        return Math.Clamp(LogBase ? (Math.Log(value) - Math.Log(Min)) / (Math.Log(Max) - Math.Log(Min)) : (value - Min) / (Max - Min), 0, 1);
    }
}
