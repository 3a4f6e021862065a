namespace Microsoft.ML.SearchSpace.Option;

public sealed class UniformIntOption : UniformNumericOption
{
    public UniformIntOption(int min, int max, bool logBase = false, int? defaultValue = null) : base(min, max, logBase)
    {
        if (defaultValue is { } value) Default = [Feature(value)];
    }

    /// Cut off, not rounded: the greatest is drawn at 1 alone, and not all numbers come back as themselves.
    public override Parameter SampleFromFeatureSpace(double[] values) => Parameter.FromInt((int)Value(values));

    public override double[] MappingToFeatureSpace(Parameter param) => [Feature(param.AsType<int>())];
}
