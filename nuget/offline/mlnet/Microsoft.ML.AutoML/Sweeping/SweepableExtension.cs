namespace Microsoft.ML.AutoML;

public static class SweepableExtension
{
    public static SweepablePipeline Append(this IEstimator<ITransformer> estimator, SweepableEstimator estimator1) => SweepablePipeline.Of(SweepableEstimator.Fixed(estimator)).Append(estimator1);

    public static SweepablePipeline Append(this IEstimator<ITransformer> estimator, params SweepableEstimator[] estimators) => SweepablePipeline.Of(SweepableEstimator.Fixed(estimator)).Append(estimators);

    public static SweepablePipeline Append(this IEstimator<ITransformer> estimator, SweepablePipeline pipeline) => SweepablePipeline.Of(SweepableEstimator.Fixed(estimator)).Append(pipeline);

    public static SweepablePipeline Append(this SweepablePipeline pipeline, IEstimator<ITransformer> estimator) => pipeline.Append(SweepableEstimator.Fixed(estimator));

    public static SweepablePipeline Append(this SweepableEstimator estimator, params SweepableEstimator[] estimators) => SweepablePipeline.Of(estimator).Append(estimators);

    public static SweepablePipeline Append(this SweepableEstimator estimator, SweepablePipeline estimator1) => SweepablePipeline.Of(estimator).Append(estimator1);

    public static SweepablePipeline Append(this SweepableEstimator estimator, IEstimator<ITransformer> estimator1) => SweepablePipeline.Of(estimator).Append(SweepableEstimator.Fixed(estimator1));
}
