namespace Microsoft.ML.SearchSpace.Option;

public abstract class OptionBase
{
    protected OptionBase() { }

    public abstract int FeatureSpaceDim { get; }

    /// The feature vector to start from.
    public virtual double[] Default { get; protected set; }

    /// How many values a dimension takes; null where it has no steps.
    public abstract int?[] Step { get; }

    public abstract double[] MappingToFeatureSpace(Parameter value);

    public abstract Parameter SampleFromFeatureSpace(double[] values);

    internal static void Check(double[] values, int dimensions)
    {
        if (values.Length != dimensions) throw new ArgumentException($"The feature vector must have {dimensions} values, but has {values.Length}.");
    }
}
