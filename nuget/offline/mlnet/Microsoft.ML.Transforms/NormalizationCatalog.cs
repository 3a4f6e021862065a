using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

public static class NormalizationCatalog
{
    private const long Maximum = 1000000000;

    private static NormalizingEstimator Make(TransformsCatalog catalog, NormalizationOptions options, string output, string input) =>
        new(catalog.GetEnvironment(), options, (output, input ?? output));

    private static NormalizingEstimator Make(TransformsCatalog catalog, NormalizationOptions options, InputOutputColumnPair[] columns) =>
        new(catalog.GetEnvironment(), options, InputOutputColumnPair.ConvertToValueTuples(columns));

    public static NormalizingEstimator NormalizeMinMax(this TransformsCatalog catalog, string outputColumnName, string inputColumnName = null, long maximumExampleCount = Maximum, bool fixZero = true) =>
        Make(catalog, new(NormalizationMode.MinMax, maximumExampleCount, fixZero), outputColumnName, inputColumnName);

    public static NormalizingEstimator NormalizeMinMax(this TransformsCatalog catalog, InputOutputColumnPair[] columns, long maximumExampleCount = Maximum, bool fixZero = true) =>
        Make(catalog, new(NormalizationMode.MinMax, maximumExampleCount, fixZero), columns);

    public static NormalizingEstimator NormalizeMeanVariance(this TransformsCatalog catalog, string outputColumnName, string inputColumnName = null, long maximumExampleCount = Maximum, bool fixZero = true, bool useCdf = false) =>
        Make(catalog, new(NormalizationMode.MeanVariance, maximumExampleCount, fixZero, useCdf), outputColumnName, inputColumnName);

    public static NormalizingEstimator NormalizeMeanVariance(this TransformsCatalog catalog, InputOutputColumnPair[] columns, long maximumExampleCount = Maximum, bool fixZero = true, bool useCdf = false) =>
        Make(catalog, new(NormalizationMode.MeanVariance, maximumExampleCount, fixZero, useCdf), columns);

    public static NormalizingEstimator NormalizeRobustScaling(this TransformsCatalog catalog, string outputColumnName, string inputColumnName = null, long maximumExampleCount = Maximum, bool centerData = true, uint quantileMin = 25, uint quantileMax = 75) =>
        Make(catalog, new(NormalizationMode.RobustScaling, maximumExampleCount, Center: centerData, QuantileMin: quantileMin, QuantileMax: quantileMax), outputColumnName, inputColumnName);

    public static NormalizingEstimator NormalizeRobustScaling(this TransformsCatalog catalog, InputOutputColumnPair[] columns, long maximumExampleCount = Maximum, bool centerData = true, uint quantileMin = 25, uint quantileMax = 75) =>
        Make(catalog, new(NormalizationMode.RobustScaling, maximumExampleCount, Center: centerData, QuantileMin: quantileMin, QuantileMax: quantileMax), columns);
}
