using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.AutoML;

/// Trials one after another: the tuner proposes, the runner runs, the monitor is told. Who they are is looked up among services; the last registration of a kind counts.
public class AutoMLExperiment
{
    private readonly AutoMLExperimentSettings _settings;

    public AutoMLExperiment(MLContext context, AutoMLExperimentSettings settings)
    {
        (_settings, settings.SearchSpace) = (settings, settings.SearchSpace ?? new());
        settings.Seed ??= ((IHostEnvironmentInternal)context).Seed;
        var channel = ((IChannelProvider)context).Start(nameof(AutoMLExperiment));
        Services.AddTransient(_ => ChildContext.Of(context, settings.Seed, channel));
        Services.AddSingleton(settings);
        Services.AddSingleton(channel);
        this.SetPerformanceMonitor();
    }

    internal ServiceCollection Services { get; } = new();

    public AutoMLExperiment SetTrainingTimeInSeconds(uint trainingTimeInSeconds)
    {
        _settings.MaxExperimentTimeInSeconds = trainingTimeInSeconds;
        return this;
    }

    public AutoMLExperiment SetMaxModelToExplore(int maxModel)
    {
        if (maxModel <= 0) throw new ArgumentOutOfRangeException(nameof(maxModel), $"{nameof(maxModel)} must be above 0, but is {maxModel}.");
        _settings.MaxModelToExplore = maxModel;
        return this;
    }

    public AutoMLExperiment SetMaximumMemoryUsageInMegaByte(double value = double.MaxValue)
    {
        if (!(value > 0)) throw new ArgumentOutOfRangeException(nameof(value), FormattableString.Invariant($"{nameof(value)} must be above 0, but is {value}."));
        _settings.MaximumMemoryUsageInMegaByte = value;
        return this;
    }

    public AutoMLExperiment AddSearchSpace(string key, SearchSpace.SearchSpace searchSpace)
    {
        _settings.SearchSpace[key] = searchSpace;
        return this;
    }

    public AutoMLExperiment SetMonitor<TMonitor>(TMonitor monitor) where TMonitor : class, IMonitor => Set<IMonitor>(_ => monitor);

    public AutoMLExperiment SetMonitor<TMonitor>() where TMonitor : class, IMonitor => Set<IMonitor>(services => ActivatorUtilities.CreateInstance<TMonitor>(services));

    public AutoMLExperiment SetMonitor<TMonitor>(Func<IServiceProvider, TMonitor> factory) where TMonitor : class, IMonitor => Set<IMonitor>(factory);

    public AutoMLExperiment SetTuner<TTuner>(TTuner proposer) where TTuner : class, ITuner => Set<ITuner>(_ => proposer);

    public AutoMLExperiment SetTuner<TTuner>() where TTuner : class, ITuner => Set<ITuner>(services => ActivatorUtilities.CreateInstance<TTuner>(services));

    public AutoMLExperiment SetTuner<TTuner>(Func<IServiceProvider, TTuner> factory) where TTuner : class, ITuner => Set<ITuner>(factory);

    /// The one instance is disposed after its first trial, as any runner is.
    public AutoMLExperiment SetTrialRunner<TTrialRunner>(TTrialRunner runner) where TTrialRunner : class, ITrialRunner => SetTrialRunner(_ => runner);

    public AutoMLExperiment SetTrialRunner<TTrialRunner>() where TTrialRunner : class, ITrialRunner => SetTrialRunner(services => ActivatorUtilities.CreateInstance<TTrialRunner>(services));

    public AutoMLExperiment SetTrialRunner<TTrialRunner>(Func<IServiceProvider, TTrialRunner> factory) where TTrialRunner : class, ITrialRunner
    {
        Services.AddTransient<ITrialRunner>(factory);
        return this;
    }

    /// What a trial throws comes in an AggregateException.
    public TrialResult Run() => RunAsync().Result;

    public async Task<TrialResult> RunAsync(CancellationToken ct = default)
    {
        var services = Services.BuildServiceProvider();
        var (tuner, monitor, trials) = (services.GetRequiredService<ITuner>(), services.GetService<IMonitor>(), services.GetService<CsvTrialResults>());
        services.GetRequiredService<ITrialRunner>(); // what cannot be made is said before the first trial

        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, _settings.CancellationToken);
        if (_settings.MaxExperimentTimeInSeconds < int.MaxValue / 1000) end.CancelAfter(TimeSpan.FromSeconds(_settings.MaxExperimentTimeInSeconds));

        TrialResult best = null;
        var first = trials?.NextId ?? 0;
        for (var run = 0; run < _settings.MaxModelToExplore && !end.IsCancellationRequested; run++)
        {
            var settings = new TrialSettings { TrialId = first + run, StartedAtUtc = DateTime.UtcNow };
            settings.Parameter = tuner.Propose(settings);
            monitor?.ReportRunningTrial(settings);
            TrialResult result;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            try
            {
                result = await Trial(services, settings, stop);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                break; // whoever stops a trial, its performance monitor included, ends the experiment
            }
            catch (Exception exception)
            {
                settings.EndedAtUtc = DateTime.UtcNow;
                monitor?.ReportFailTrial(settings, exception);
                if (best == null && exception is not (OperationCanceledException or OutOfMemoryException)) throw;
                var failure = new TrialResult { TrialSettings = settings, Loss = double.MaxValue, DurationInMilliseconds = (settings.EndedAtUtc.Value - settings.StartedAtUtc).TotalMilliseconds };
                tuner.Update(failure);
                trials?.Add(failure);
                continue;
            }
            monitor?.ReportCompletedTrial(result);
            tuner.Update(result);
            trials?.Add(result);
            if (!double.IsFinite(result.Loss) || result.Loss >= best?.Loss) continue;
            best = result;
            monitor?.ReportBestTrial(result);
        }
        return best ?? throw new TimeoutException("Training time finished without completing a successful trial. Either no trial completed or the metric for all completed trials are NaN or Infinity");
    }

    private static async Task<TrialResult> Trial(IServiceProvider services, TrialSettings settings, CancellationTokenSource stop)
    {
        using var performance = services.GetRequiredService<IPerformanceMonitor>();
        using var runner = services.GetRequiredService<ITrialRunner>();
        performance.PerformanceMetricsUpdated += (_, metrics) => performance.OnPerformanceMetricsUpdatedHandler(settings, metrics, stop);
        performance.Start();
        var watch = Stopwatch.StartNew();
        var result = await runner.RunAsync(settings, stop.Token);
        settings.EndedAtUtc = DateTime.UtcNow;
        (result.PeakCpu, result.PeakMemoryInMegaByte) = (performance.GetPeakCpuUsage(), performance.GetPeakMemoryUsageInMegaByte());
        performance.Stop();
        if (result.DurationInMilliseconds == 0) result.DurationInMilliseconds = watch.Elapsed.TotalMilliseconds;
        return result;
    }

    internal AutoMLExperiment Set<TService>(Func<IServiceProvider, TService> factory) where TService : class
    {
        Services.AddSingleton(factory);
        return this;
    }

    public class AutoMLExperimentSettings : ExperimentSettings
    {
        public SearchSpace.SearchSpace SearchSpace { get; set; }

        public int? Seed { get; set; }
    }
}
