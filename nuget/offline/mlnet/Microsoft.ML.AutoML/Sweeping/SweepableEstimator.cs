using Microsoft.ML.AutoML.CodeGen;
using Microsoft.ML.SearchSpace;

namespace Microsoft.ML.AutoML;

public class SweepableEstimator : Estimator, ISweepable<IEstimator<ITransformer>>
{
    private readonly Func<MLContext, Parameter, IEstimator<ITransformer>> _factory;

    protected SweepableEstimator() { }

    public SweepableEstimator(Func<MLContext, Parameter, IEstimator<ITransformer>> factory, SearchSpace.SearchSpace ss)
    {
        (_factory, SearchSpace) = (factory, ss);
        Parameter = ss.SampleFromFeatureSpace(ss.Default);
    }

    internal SweepableEstimator(Func<MLContext, Parameter, IEstimator<ITransformer>> factory, SearchSpace.SearchSpace ss, EstimatorType type) : this(factory, ss) => EstimatorType = type;

    public SearchSpace.SearchSpace SearchSpace { get; set; }

    public IEstimator<ITransformer> BuildFromOption(MLContext context, Parameter param) => _factory(context, param);

    /// A plain estimator: nothing to search.
    internal static SweepableEstimator Fixed(IEstimator<ITransformer> estimator) => new((_, _) => estimator, new SearchSpace.SearchSpace());
}
