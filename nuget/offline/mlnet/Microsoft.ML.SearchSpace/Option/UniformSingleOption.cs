namespace Microsoft.ML.SearchSpace.Option;

public sealed class UniformSingleOption : UniformNumericOption
{
    public UniformSingleOption(float min, float max, bool logBase = false, float? defaultValue = null) : base(min, max, logBase)
    {
        if (defaultValue is { } value) Default = [Feature(value)];
    }

    public override Parameter SampleFromFeatureSpace(double[] values) => Parameter.FromFloat((float)Value(values));

    public override double[] MappingToFeatureSpace(Parameter param) => [Feature(param.AsType<float>())];
}
