namespace Microsoft.ML.AutoML;

public class TrialResult : IEqualityComparer<TrialResult>
{
    public TrialSettings TrialSettings { get; set; }

    public ITransformer Model { get; set; }

    /// What is minimised: the metric, or its negative where a large one is good.
    public double Loss { get; set; }

    public double Metric { get; set; }

    public double DurationInMilliseconds { get; set; }

    public double? PeakCpu { get; set; }

    public double? PeakMemoryInMegaByte { get; set; }

    public bool Equals(TrialResult x, TrialResult y) => x.TrialSettings.TrialId == y.TrialSettings.TrialId;

    public int GetHashCode(TrialResult obj) => obj.TrialSettings.TrialId;
}
