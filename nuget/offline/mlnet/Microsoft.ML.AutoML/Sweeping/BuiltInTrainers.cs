using Microsoft.ML.AutoML.CodeGen;
using Microsoft.ML.SearchSpace;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.AutoML;

/// The trainers of ML.NET that can be swept here.
internal sealed class BuiltInTrainers(string label, string features, string weight)
{
    /// A flag that is left at true asks for a trainer that no stand-in has: said at once, since a pipeline that silently lacked it would search something else.
    public static void Refuse(string package, params (bool Asked, string Flag)[] flags)
    {
        foreach (var (asked, flag) in flags)
            if (asked) throw new NotSupportedException($"{flag} needs the packages {package} and Microsoft.ML.AutoML themselves; pass {flag}: false.");
    }

    public static SweepablePipeline Pipeline(params SweepableEstimator[] trainers) => trainers.Where(t => t != null).ToArray() is { Length: > 0 } chosen
        ? SweepablePipeline.OneOf(chosen)
        : throw new ArgumentException("A pipeline must have a trainer, but all are switched off.");

    public SweepableEstimator LbfgsLogisticRegression(LbfgsOption option, SearchSpace<LbfgsOption> space) => Lbfgs(option, space, EstimatorType.LbfgsLogisticRegressionBinary, (context, o) =>
        context.BinaryClassification.Trainers.LbfgsLogisticRegression(o.LabelColumnName ?? label, o.FeatureColumnName ?? features, o.ExampleWeightColumnName ?? weight, o.L1Regularization, o.L2Regularization));

    public SweepableEstimator LbfgsMaximumEntropy(LbfgsOption option, SearchSpace<LbfgsOption> space) => Lbfgs(option, space, EstimatorType.LbfgsMaximumEntropyMulti, (context, o) =>
        context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(o.LabelColumnName ?? label, o.FeatureColumnName ?? features, o.ExampleWeightColumnName ?? weight, o.L1Regularization, o.L2Regularization));

    public SweepableEstimator LbfgsPoissonRegression(LbfgsOption option, SearchSpace<LbfgsOption> space) => Lbfgs(option, space, EstimatorType.LbfgsPoissonRegressionRegression, (context, o) =>
        context.Regression.Trainers.LbfgsPoissonRegression(o.LabelColumnName ?? label, o.FeatureColumnName ?? features, o.ExampleWeightColumnName ?? weight, o.L1Regularization, o.L2Regularization));

    public SweepableEstimator Sdca(SdcaOption option, SearchSpace<SdcaOption> space)
    {
        option ??= new();
        (option.LabelColumnName, option.FeatureColumnName, option.ExampleWeightColumnName) = (label, features, weight);
        return new((context, parameter) => parameter.AsType<SdcaOption>() is var o
            ? context.Regression.Trainers.Sdca(o.LabelColumnName ?? label, o.FeatureColumnName ?? features, o.ExampleWeightColumnName ?? weight, l1Regularization: o.L1Regularization, l2Regularization: o.L2Regularization)
            : null, space ?? new SearchSpace<SdcaOption>(option), EstimatorType.SdcaRegression);
    }

    private SweepableEstimator Lbfgs(LbfgsOption option, SearchSpace<LbfgsOption> space, EstimatorType type, Func<MLContext, LbfgsOption, IEstimator<ITransformer>> build)
    {
        option ??= new();
        (option.LabelColumnName, option.FeatureColumnName, option.ExampleWeightColumnName) = (label, features, weight);
        return new((context, parameter) => build(context, parameter.AsType<LbfgsOption>()), space ?? new SearchSpace<LbfgsOption>(option), type);
    }
}
