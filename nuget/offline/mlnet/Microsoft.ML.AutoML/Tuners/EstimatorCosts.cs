using Microsoft.ML.AutoML.CodeGen;

namespace Microsoft.ML.AutoML;

/// What a trainer's first trial costs beside others'. Of those here, only that of an unknown trainer, FastTree's and SDCA's are known of the original; L-BFGS is put beside SDCA.
internal static class EstimatorCosts
{
    public static double Of(EstimatorType type) => type switch
    {
        EstimatorType.FastTreeBinary or EstimatorType.FastTreeOva or EstimatorType.FastTreeRegression or EstimatorType.FastTreeTweedieRegression => 3.7,
        EstimatorType.SdcaLogisticRegressionBinary or EstimatorType.SdcaLogisticRegressionOva or EstimatorType.SdcaMaximumEntropyMulti or EstimatorType.SdcaRegression => 10,
        EstimatorType.LbfgsLogisticRegressionBinary or EstimatorType.LbfgsLogisticRegressionOva or EstimatorType.LbfgsMaximumEntropyMulti or EstimatorType.LbfgsPoissonRegressionRegression => 10,
        _ => 1,
    };
}
