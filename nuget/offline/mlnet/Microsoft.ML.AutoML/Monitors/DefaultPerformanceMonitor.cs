using System.Diagnostics;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.AutoML;

/// Looks at this process's memory and share of the processors every so often; a trial over the memory limit is cancelled.
public class DefaultPerformanceMonitor : IPerformanceMonitor
{
    private readonly AutoMLExperiment.AutoMLExperimentSettings _settings;
    private readonly IChannel _logger;
    private readonly int _interval;
    private readonly Process _process = Process.GetCurrentProcess();
    private readonly Timer _timer;
    private readonly Stopwatch _watch = new();
    private (TimeSpan Wall, TimeSpan Cpu) _last;
    private double? _peakCpu, _peakMemory;

    public DefaultPerformanceMonitor(AutoMLExperiment.AutoMLExperimentSettings settings, IChannel logger, int checkIntervalInMilliseconds)
    {
        (_settings, _logger, _interval) = (settings, logger, checkIntervalInMilliseconds);
        _timer = new Timer(_ => Look());
    }

    public event EventHandler<TrialPerformanceMetrics> PerformanceMetricsUpdated;

    public void Start()
    {
        _watch.Start();
        _last = (_watch.Elapsed, _process.TotalProcessorTime);
        _timer.Change(_interval, _interval);
    }

    public void Pause() => _timer.Change(Timeout.Infinite, Timeout.Infinite);

    public void Stop()
    {
        Pause();
        (_peakCpu, _peakMemory) = (null, null);
    }

    public double? GetPeakMemoryUsageInMegaByte() => _peakMemory;

    public double? GetPeakCpuUsage() => _peakCpu;

    public void OnPerformanceMetricsUpdatedHandler(TrialSettings trialSettings, TrialPerformanceMetrics metrics, CancellationTokenSource trialCancellationTokenSource)
    {
        if (!(metrics.PeakMemoryUsage > _settings.MaximumMemoryUsageInMegaByte) || trialCancellationTokenSource.IsCancellationRequested) return;
        _logger.Trace(MessageSensitivity.None, FormattableString.Invariant($"Trial {trialSettings.TrialId} is cancelled: its memory is {metrics.PeakMemoryUsage} MB, the limit {_settings.MaximumMemoryUsageInMegaByte}."));
        trialCancellationTokenSource.Cancel();
    }

    public void Dispose()
    {
        _timer.Dispose();
        _process.Dispose();
    }

    private void Look()
    {
        try
        {
            _process.Refresh();
            var (wall, cpu) = (_watch.Elapsed, _process.TotalProcessorTime);
            var share = (cpu - _last.Cpu) / (wall - _last.Wall) / Environment.ProcessorCount;
            var memory = _process.WorkingSet64 / (1024.0 * 1024);
            _last = (wall, cpu);
            (_peakCpu, _peakMemory) = (Math.Max(_peakCpu ?? 0, share), Math.Max(_peakMemory ?? 0, memory));
            PerformanceMetricsUpdated?.Invoke(this, new() { CpuUsage = share, MemoryUsage = memory, PeakCpuUsage = _peakCpu, PeakMemoryUsage = _peakMemory });
        }
        catch (InvalidOperationException)
        {
            // disposed while the timer was about to call
        }
    }
}
