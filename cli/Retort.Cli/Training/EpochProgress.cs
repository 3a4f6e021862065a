namespace Retort.Cli.Training;

/// <summary>Passes epochs on to a progress bar.</summary>
internal sealed class EpochProgress(Action<double, string> show) : IProgress<EpochReport>
{
    public void Report(EpochReport value)
    {
        var loss = value.ValidationLoss is { } validation ? FormattableString.Invariant($", held-out loss {validation:F4}") : "";
        show((double)value.Epoch / value.Epochs, FormattableString.Invariant($"epoch {value.Epoch} of {value.Epochs}, loss {value.TrainLoss:F4}{loss}"));
    }
}
