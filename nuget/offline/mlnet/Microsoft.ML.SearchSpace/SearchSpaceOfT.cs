namespace Microsoft.ML.SearchSpace;

/// The space that the attributes of a type span. Initialisers of its members have no part in it.
public sealed class SearchSpace<T> : SearchSpace where T : class, new()
{
    public SearchSpace() : base(typeof(T)) { }

    public SearchSpace(T defaultOption) : base(typeof(T), Parameter.FromObject(defaultOption)) { }

    public new T SampleFromFeatureSpace(double[] feature) => base.SampleFromFeatureSpace(feature).AsType<T>();

    public double[] MappingToFeatureSpace(T input) => MappingToFeatureSpace(Parameter.FromObject(input));
}
