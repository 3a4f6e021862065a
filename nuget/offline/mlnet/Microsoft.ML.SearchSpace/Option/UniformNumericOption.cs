namespace Microsoft.ML.SearchSpace.Option;

/// Numbers in [Min, Max], evenly spread, or evenly spread in their logarithm. Nothing is checked: what is wrong shows in what is sampled.
public abstract class UniformNumericOption : OptionBase
{
    public UniformNumericOption(double min, double max, bool logBase = false)
    {
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
        return LogBase ? Min * Math.Pow(Max / Min, values[0]) : Min + values[0] * (Max - Min);
    }

    private protected double Feature(double value) => LogBase ? (Math.Log(value) - Math.Log(Min)) / (Math.Log(Max) - Math.Log(Min)) : (value - Min) / (Max - Min);
}
