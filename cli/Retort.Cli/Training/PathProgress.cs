namespace Retort.Cli.Training;

/// <summary>Passes the epochs of several networks, which train at once, on to one progress bar.</summary>
internal sealed class PathProgress(Action<double, string> show) : IProgress<PathReport>
{
    private readonly Dictionary<double, double> _done = [];

    public void Report(PathReport value)
    {
        lock (_done)
        {
            _done[value.Weight] = (double)value.Epoch.Epoch / value.Epoch.Epochs;
            show(_done.Values.Sum() / value.Weights, FormattableString.Invariant($"weight {value.Weight}, epoch {value.Epoch.Epoch} of {value.Epoch.Epochs}"));
        }
    }
}
