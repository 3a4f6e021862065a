using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.Runtime;
using Microsoft.ML.SearchSpace.Option;

namespace Microsoft.ML.AutoML;

public static class AutoMLExperimentExtension
{
    public static AutoMLExperiment SetDataset(this AutoMLExperiment experiment, DataOperationsCatalog.TrainTestData trainValidationSplit) => experiment.SetDataset(trainValidationSplit.TrainSet, trainValidationSplit.TestSet);

    public static AutoMLExperiment SetDataset(this AutoMLExperiment experiment, IDataView train, IDataView validation, bool subSamplingTrainDataset = false)
    {
        if (subSamplingTrainDataset)
            experiment.AddSearchSpace(TrainValidateDatasetManager.SubsamplingKey, new() { [TrainValidateDatasetManager.Share] = new ChoiceOption(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0) });
        return experiment.SetData(new TrainValidateDatasetManager(train, validation));
    }

    public static AutoMLExperiment SetDataset(this AutoMLExperiment experiment, IDataView dataset, int fold = 10, string samplingKeyColumnName = null) =>
        experiment.SetData(new CrossValidateDatasetManager(dataset, fold, samplingKeyColumnName));

    public static AutoMLExperiment SetBinaryClassificationMetric(this AutoMLExperiment experiment, BinaryClassificationMetric metric, string labelColumn = "label", string predictedColumn = "PredictedLabel") =>
        experiment.SetMetric(EvaluateMetricManager.Of(metric, labelColumn, predictedColumn));

    public static AutoMLExperiment SetMulticlassClassificationMetric(this AutoMLExperiment experiment, MulticlassClassificationMetric metric, string labelColumn = "label", string predictedColumn = "PredictedLabel") =>
        experiment.SetMetric(EvaluateMetricManager.Of(metric, labelColumn, predictedColumn));

    public static AutoMLExperiment SetRegressionMetric(this AutoMLExperiment experiment, RegressionMetric metric, string labelColumn = "Label", string scoreColumn = "Score") =>
        experiment.SetMetric(EvaluateMetricManager.Of(metric, labelColumn, scoreColumn));

    /// Runner, monitor and tuner are those of a pipeline from here on.
    public static AutoMLExperiment SetPipeline(this AutoMLExperiment experiment, SweepablePipeline pipeline)
    {
        experiment.AddSearchSpace(SweepablePipeline.PipelineKey, pipeline.SearchSpace);
        experiment.Set(_ => pipeline);
        experiment.SetTrialRunner<SweepablePipelineRunner>();
        experiment.SetMonitor<MLContextMonitor>();
        return experiment.SetEciCostFrugalTuner();
    }

    public static AutoMLExperiment SetPerformanceMonitor(this AutoMLExperiment experiment, int checkIntervalInMilliseconds = 1000) =>
        experiment.SetPerformanceMonitor(services => new DefaultPerformanceMonitor(services.GetRequiredService<AutoMLExperiment.AutoMLExperimentSettings>(), services.GetRequiredService<IChannel>(), checkIntervalInMilliseconds));

    public static AutoMLExperiment SetPerformanceMonitor<TPerformanceMonitor>(this AutoMLExperiment experiment, Func<IServiceProvider, TPerformanceMonitor> factory) where TPerformanceMonitor : class, IPerformanceMonitor
    {
        experiment.Services.AddTransient<IPerformanceMonitor>(factory);
        return experiment;
    }

    public static AutoMLExperiment SetPerformanceMonitor<TPerformanceMonitor>(this AutoMLExperiment experiment) where TPerformanceMonitor : class, IPerformanceMonitor =>
        experiment.SetPerformanceMonitor(services => ActivatorUtilities.CreateInstance<TPerformanceMonitor>(services));

    /// The results of trials are kept in the folder, and those found there are where tuners that learn go on from.
    public static AutoMLExperiment SetCheckpoint(this AutoMLExperiment experiment, string folder)
    {
        Directory.CreateDirectory(folder);
        return experiment.Set(services =>
            new CsvTrialResults(folder, services.GetRequiredService<AutoMLExperiment.AutoMLExperimentSettings>().SearchSpace, services.GetService<IMetricManager>()?.MetricName));
    }

    public static AutoMLExperiment SetRandomSearchTuner(this AutoMLExperiment experiment, int? seed = null) => experiment.SetTuner(services =>
        services.GetRequiredService<AutoMLExperiment.AutoMLExperimentSettings>() is var settings ? new RandomSearchTuner(settings.SearchSpace, seed ?? settings.Seed) : null);

    public static AutoMLExperiment SetGridSearchTuner(this AutoMLExperiment experiment, int step = 10) => experiment.SetTuner(services =>
        new GridSearchTuner(services.GetRequiredService<AutoMLExperiment.AutoMLExperimentSettings>().SearchSpace, step));

    public static AutoMLExperiment SetCostFrugalTuner(this AutoMLExperiment experiment) => experiment.SetTuner(services =>
        services.GetRequiredService<AutoMLExperiment.AutoMLExperimentSettings>() is var settings ? new CostFrugalTuner(settings.SearchSpace, settings.Seed) : null);

    public static AutoMLExperiment SetEciCostFrugalTuner(this AutoMLExperiment experiment) => experiment.SetTuner(services => new EciCostFrugalTuner(
        services.GetRequiredService<SweepablePipeline>(), services.GetRequiredService<AutoMLExperiment.AutoMLExperimentSettings>(), services.GetService<CsvTrialResults>()?.Earlier));

    public static AutoMLExperiment SetSmacTuner(this AutoMLExperiment experiment, int numberInitialPopulation = 20, int fitModelEveryNTrials = 10, int numberOfTrees = 10, int nMinForSpit = 2, float splitRatio = 0.8f,
        int localSearchParentCount = 5, int numRandomEISearchConfigurations = 5000, double epsilon = 1e-5, int numNeighboursForNumericalParams = 4) =>
        throw new NotSupportedException($"{nameof(SetSmacTuner)} needs the package Microsoft.ML.AutoML itself; {nameof(SetCostFrugalTuner)} does not.");

    private static AutoMLExperiment SetData(this AutoMLExperiment experiment, IDatasetManager manager) => experiment.Set(_ => manager);

    private static AutoMLExperiment SetMetric(this AutoMLExperiment experiment, IEvaluateMetricManager manager) => experiment.Set<IMetricManager>(_ => manager).Set(_ => manager);
}
