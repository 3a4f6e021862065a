using System.Diagnostics;

namespace Microsoft.ML.AutoML;

/// Builds the proposed pipeline, fits it, and measures it on the rows that are held out.
internal sealed class SweepablePipelineRunner(MLContext context, SweepablePipeline pipeline, IEvaluateMetricManager metric, IDatasetManager data) : ITrialRunner
{
    public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken ct) => Task.Run(() => Run(settings, ct), CancellationToken.None);

    public void Dispose() { }

    private TrialResult Run(TrialSettings settings, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        using var cancel = ct.Register(context.CancelExecution);
        var watch = Stopwatch.StartNew();
        var folds = Splits(settings).Select(split =>
        {
            // a new pipeline each time: an estimator may keep what it learned of its first rows
            var model = pipeline.BuildFromOption(context, settings.Parameter[SweepablePipeline.PipelineKey]).Fit(split.Train);
            return (Model: model, Metric: metric.Evaluate(context, model.Transform(split.Test)));
        }).ToArray();
        var mean = folds.Average(f => f.Metric);
        return new()
        {
            TrialSettings = settings,
            Model = folds[0].Model,
            Metric = mean,
            Loss = metric.IsMaximize ? -mean : mean,
            DurationInMilliseconds = watch.Elapsed.TotalMilliseconds,
        };
    }

    private IEnumerable<(IDataView Train, IDataView Test)> Splits(TrialSettings settings) => data switch
    {
        ITrainValidateDatasetManager one => [(one.LoadTrainDataset(context, settings), one.LoadValidateDataset(context, settings))],
        ICrossValidateDatasetManager many => context.Data.CrossValidationSplit(many.Dataset, many.Fold, many.SamplingKeyColumnName).Select(fold => (fold.TrainSet, fold.TestSet)),
        _ => throw new NotSupportedException($"A pipeline runs on an {nameof(ITrainValidateDatasetManager)} or an {nameof(ICrossValidateDatasetManager)}, but the data is given by a {data.GetType().Name}."),
    };
}
