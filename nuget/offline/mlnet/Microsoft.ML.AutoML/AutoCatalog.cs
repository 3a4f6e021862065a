using Microsoft.ML.AutoML.CodeGen;
using Microsoft.ML.SearchSpace;

namespace Microsoft.ML.AutoML;

public sealed class AutoCatalog
{
    private readonly MLContext _context;

    internal AutoCatalog(MLContext context) => _context = context;

    public AutoMLExperiment CreateExperiment(AutoMLExperiment.AutoMLExperimentSettings settings = null) => new(_context, settings ?? new());

    public SweepableEstimator CreateSweepableEstimator<T>(Func<MLContext, T, IEstimator<ITransformer>> factory, SearchSpace<T> ss = null) where T : class, new() =>
        new((context, parameter) => factory(context, parameter.AsType<T>()), ss);

    public SweepablePipeline BinaryClassification(
        string labelColumnName = "Label", string featureColumnName = "Features", string exampleWeightColumnName = null, bool useFastForest = true, bool useLgbm = true, bool useFastTree = true,
        bool useLbfgsLogisticRegression = true, bool useSdcaLogisticRegression = true, FastTreeOption fastTreeOption = null, LgbmOption lgbmOption = null, FastForestOption fastForestOption = null,
        LbfgsOption lbfgsLogisticRegressionOption = null, SdcaOption sdcaLogisticRegressionOption = null, SearchSpace<FastTreeOption> fastTreeSearchSpace = null,
        SearchSpace<LgbmOption> lgbmSearchSpace = null, SearchSpace<FastForestOption> fastForestSearchSpace = null, SearchSpace<LbfgsOption> lbfgsLogisticRegressionSearchSpace = null,
        SearchSpace<SdcaOption> sdcaLogisticRegressionSearchSpace = null)
    {
        BuiltInTrainers.Refuse("Microsoft.ML.FastTree", (useFastForest, nameof(useFastForest)), (useFastTree, nameof(useFastTree)));
        BuiltInTrainers.Refuse("Microsoft.ML.LightGbm", (useLgbm, nameof(useLgbm)));
        BuiltInTrainers.Refuse("Microsoft.ML", (useSdcaLogisticRegression, nameof(useSdcaLogisticRegression)));
        var trainers = new BuiltInTrainers(labelColumnName, featureColumnName, exampleWeightColumnName);
        return BuiltInTrainers.Pipeline(
            useLbfgsLogisticRegression ? trainers.LbfgsLogisticRegression(lbfgsLogisticRegressionOption, lbfgsLogisticRegressionSearchSpace) : null);
    }

    public SweepablePipeline MultiClassification(
        string labelColumnName = "Label", string featureColumnName = "Features", string exampleWeightColumnName = null, bool useFastForest = true, bool useLgbm = true, bool useFastTree = true,
        bool useLbfgsMaximumEntrophy = true, bool useLbfgsLogisticRegression = true, bool useSdcaMaximumEntrophy = true, bool useSdcaLogisticRegression = true, FastTreeOption fastTreeOption = null,
        LgbmOption lgbmOption = null, FastForestOption fastForestOption = null, LbfgsOption lbfgsMaximumEntrophyOption = null, LbfgsOption lbfgsLogisticRegressionOption = null,
        SdcaOption sdcaMaximumEntrophyOption = null, SdcaOption sdcaLogisticRegressionOption = null, SearchSpace<FastTreeOption> fastTreeSearchSpace = null,
        SearchSpace<LgbmOption> lgbmSearchSpace = null, SearchSpace<FastForestOption> fastForestSearchSpace = null, SearchSpace<LbfgsOption> lbfgsMaximumEntrophySearchSpace = null,
        SearchSpace<LbfgsOption> lbfgsLogisticRegressionSearchSpace = null, SearchSpace<SdcaOption> sdcaMaximumEntorphySearchSpace = null,
        SearchSpace<SdcaOption> sdcaLogisticRegressionSearchSpace = null)
    {
        BuiltInTrainers.Refuse("Microsoft.ML.FastTree", (useFastForest, nameof(useFastForest)), (useFastTree, nameof(useFastTree)));
        BuiltInTrainers.Refuse("Microsoft.ML.LightGbm", (useLgbm, nameof(useLgbm)));
        BuiltInTrainers.Refuse("Microsoft.ML", (useLbfgsLogisticRegression, nameof(useLbfgsLogisticRegression)), (useSdcaMaximumEntrophy, nameof(useSdcaMaximumEntrophy)), (useSdcaLogisticRegression, nameof(useSdcaLogisticRegression)));
        var trainers = new BuiltInTrainers(labelColumnName, featureColumnName, exampleWeightColumnName);
        return BuiltInTrainers.Pipeline(
            useLbfgsMaximumEntrophy ? trainers.LbfgsMaximumEntropy(lbfgsMaximumEntrophyOption, lbfgsMaximumEntrophySearchSpace) : null);
    }

    public SweepablePipeline Regression(
        string labelColumnName = "Label", string featureColumnName = "Features", string exampleWeightColumnName = null, bool useFastForest = true, bool useLgbm = true, bool useFastTree = true,
        bool useLbfgsPoissonRegression = true, bool useSdca = true, FastTreeOption fastTreeOption = null, LgbmOption lgbmOption = null, FastForestOption fastForestOption = null,
        LbfgsOption lbfgsPoissonRegressionOption = null, SdcaOption sdcaOption = null, SearchSpace<FastTreeOption> fastTreeSearchSpace = null, SearchSpace<LgbmOption> lgbmSearchSpace = null,
        SearchSpace<FastForestOption> fastForestSearchSpace = null, SearchSpace<LbfgsOption> lbfgsPoissonRegressionSearchSpace = null, SearchSpace<SdcaOption> sdcaSearchSpace = null)
    {
        BuiltInTrainers.Refuse("Microsoft.ML.FastTree", (useFastForest, nameof(useFastForest)), (useFastTree, nameof(useFastTree)));
        BuiltInTrainers.Refuse("Microsoft.ML.LightGbm", (useLgbm, nameof(useLgbm)));
        var trainers = new BuiltInTrainers(labelColumnName, featureColumnName, exampleWeightColumnName);
        return BuiltInTrainers.Pipeline(
            useLbfgsPoissonRegression ? trainers.LbfgsPoissonRegression(lbfgsPoissonRegressionOption, lbfgsPoissonRegressionSearchSpace) : null,
            useSdca ? trainers.Sdca(sdcaOption, sdcaSearchSpace) : null);
    }
}
