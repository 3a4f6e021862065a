using System.Globalization;
using Microsoft.ML.AutoML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Tells a monitor and the log what becomes of trials, one at a time.</summary>
internal sealed class SweepWatch(IMonitor? monitor, IChannel channel)
{
    private readonly object _lock = new();
    private double _least = double.PositiveInfinity;

    public void Begun(TrialSettings settings)
    {
        lock (_lock)
            monitor?.ReportRunningTrial(settings);
    }

    /// <summary>The trial as ML.NET's tuners and monitors know it.</summary>
    /// <param name="settings">What was proposed.</param>
    /// <param name="trial">What came of it.</param>
    /// <param name="isWhole">Whether it was trained to its end.</param>
    public TrialResult Ended(TrialSettings settings, SweepTrial trial, bool isWhole)
    {
        settings.EndedAtUtc = DateTime.UtcNow;
        var result = new TrialResult { TrialSettings = settings, Loss = trial.Loss, Metric = trial.Loss, DurationInMilliseconds = (settings.EndedAtUtc.Value - settings.StartedAtUtc).TotalMilliseconds };
        lock (_lock)
        {
            if (trial.Failure is not null)
            {
                channel.Warning(MessageSensitivity.None, "{0}", $"Trial {trial.Number} failed: {trial.Failure}");
                monitor?.ReportFailTrial(settings, new InvalidOperationException(trial.Failure));
                return result;
            }

            channel.Info(MessageSensitivity.None, "{0}", string.Create(CultureInfo.InvariantCulture, $"Trial {trial.Number}, {trial.Epochs} epochs: {string.Join(", ", trial.Objectives.Select(number => number.ToString("g5", CultureInfo.InvariantCulture)))}."));
            monitor?.ReportCompletedTrial(result);
            if (isWhole && trial.Loss < _least)
            {
                _least = trial.Loss;
                monitor?.ReportBestTrial(result);
            }
        }

        return result;
    }
}
