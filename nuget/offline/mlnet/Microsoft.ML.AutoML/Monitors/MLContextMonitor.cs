using Microsoft.ML.Runtime;

namespace Microsoft.ML.AutoML;

/// Tells the context's log how trials go.
internal sealed class MLContextMonitor(IChannel channel, SweepablePipeline pipeline) : IMonitor
{
    public void ReportRunningTrial(TrialSettings settings) => channel.Info(MessageSensitivity.None, $"Update Running Trial - Id: {settings.TrialId} - Pipeline: {pipeline.ToString(settings.Parameter)}");

    public void ReportCompletedTrial(TrialResult result) =>
        channel.Info(MessageSensitivity.None, FormattableString.Invariant($"Update Completed Trial - Id: {result.TrialSettings.TrialId} - Metric: {result.Metric} - Duration: {result.DurationInMilliseconds}"));

    public void ReportBestTrial(TrialResult result) => channel.Info(MessageSensitivity.None, FormattableString.Invariant($"Update Best Trial - Id: {result.TrialSettings.TrialId} - Metric: {result.Metric}"));

    public void ReportFailTrial(TrialSettings settings, Exception exception = null) => channel.Info(MessageSensitivity.None, $"Update Failed Trial - Id: {settings.TrialId} - {exception?.Message}");
}
