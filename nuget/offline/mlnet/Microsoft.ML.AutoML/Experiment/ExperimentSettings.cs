namespace Microsoft.ML.AutoML;

public abstract class ExperimentSettings
{
    internal ExperimentSettings() { }

    public uint MaxExperimentTimeInSeconds { get; set; } = 24 * 60 * 60;

    public double? MaximumMemoryUsageInMegaByte { get; set; }

    public CancellationToken CancellationToken { get; set; }

    internal int MaxModelToExplore { get; set; } = int.MaxValue;
}
