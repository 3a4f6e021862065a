using Microsoft.ML.AutoML;

namespace Retort.Tests;

/// <summary>A trial that costs nothing: its loss is a function of what was proposed.</summary>
internal sealed class Trials(Func<TrialSettings, CancellationToken, double> loss, Action? disposed = null) : ITrialRunner
{
    public static Trials Of(Func<TrialSettings, double> loss) => new((settings, _) => loss(settings));

    public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken ct) => Task.Run(() =>
    {
        var value = loss(settings, ct);
        return new TrialResult { TrialSettings = settings, Loss = value, Metric = -value, DurationInMilliseconds = 1 };
    }, ct);

    public void Dispose() => disposed?.Invoke();
}

/// <summary>Writes down what an experiment reports.</summary>
internal sealed class Witness : IMonitor
{
    public List<TrialSettings> Running { get; } = [];

    public List<TrialResult> Completed { get; } = [];

    public List<TrialResult> Best { get; } = [];

    public List<(TrialSettings Settings, Exception? Exception)> Failed { get; } = [];

    public Action<TrialResult>? OnCompleted { get; init; }

    public void ReportRunningTrial(TrialSettings settings) => Running.Add(settings);

    public void ReportCompletedTrial(TrialResult result)
    {
        Completed.Add(result);
        OnCompleted?.Invoke(result);
    }

    public void ReportBestTrial(TrialResult result) => Best.Add(result);

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) => Failed.Add((settings, exception));
}
