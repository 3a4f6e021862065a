using System.Text.Json.Nodes;
using Retort.Cli.Output;

namespace Retort.Cli.Reports;

/// <summary>Losses by epoch.</summary>
/// <param name="Epochs">The epochs' numbers.</param>
/// <param name="Train">What was minimised, on the rows that it learned from.</param>
/// <param name="HeldOut">The loss on rows held out; null without such rows.</param>
/// <param name="Best">The epoch whose weights were kept; null where nobody knows, as of a run that went on from an earlier one.</param>
internal sealed record LearningFigures(IReadOnlyList<int> Epochs, IReadOnlyList<double> Train, IReadOnlyList<double>? HeldOut, int? Best)
{
    private const int MostPoints = 300;

    /// <summary>From what <see cref="LearningRecord"/> wrote; null where nothing is there.</summary>
    public static LearningFigures? Of(JsonNode? learning)
    {
        if (learning?["epoch"] is not JsonArray { Count: > 0 } epochs || learning["trainLoss"] is not JsonArray train)
            return null;
        var heldOut = learning["heldOutLoss"] as JsonArray;
        var best = heldOut is null || (int)epochs[0]! > 1 ? (int?)null : epochs.Select((epoch, i) => (Epoch: (int)epoch!, Loss: Number(heldOut[i]))).Where(own => double.IsFinite(own.Loss)).Select(own => ((double Loss, int Epoch)?)(own.Loss, own.Epoch)).Min()?.Epoch;
        var step = Math.Max(1, (epochs.Count + MostPoints - 1) / MostPoints);
        int[] shown = [.. Enumerable.Range(0, epochs.Count).Where(i => i % step == 0 || i == epochs.Count - 1 || (int)epochs[i]! == best)];
        return new([.. shown.Select(i => (int)epochs[i]!)], [.. shown.Select(i => Number(train[i]))], heldOut is null ? null : [.. shown.Select(i => Number(heldOut[i]))], best);
    }

    private static double Number(JsonNode? node) => node is null ? double.NaN : (double)node;
}

/// <summary>Keeps the epochs of a run, and passes them on.</summary>
internal sealed class LearningRecord
{
    private readonly List<EpochReport> _epochs = [];

    /// <summary>Hears epochs.</summary>
    public IProgress<EpochReport> Before(IProgress<EpochReport> next) => new Listener<EpochReport>(report =>
    {
        _epochs.Add(report);
        next.Report(report);
    });

    /// <summary>Hears epochs of several networks, and keeps those of one.</summary>
    public IProgress<PathReport> Before(IProgress<PathReport> next, double weight) => new Listener<PathReport>(report =>
    {
        if (report.Weight == weight)
            _epochs.Add(report.Epoch);
        next.Report(report);
    });

    /// <summary>A list a quantity; null where no epoch was heard of.</summary>
    public JsonObject? ToJson() => _epochs.Count == 0 ? null : new()
    {
        ["epoch"] = new JsonArray([.. _epochs.Select(own => (JsonNode)own.Epoch)]),
        ["trainLoss"] = new JsonArray([.. _epochs.Select(own => Terminal.Value(own.TrainLoss))]),
        ["heldOutLoss"] = _epochs.All(own => own.ValidationLoss is null) ? null : new JsonArray([.. _epochs.Select(own => Terminal.Value(own.ValidationLoss ?? double.NaN))]),
        ["learningRate"] = new JsonArray([.. _epochs.Select(own => Terminal.Value(own.LearningRate))]),
    };

    private sealed class Listener<T>(Action<T> hear) : IProgress<T>
    {
        public void Report(T value) => hear(value);
    }
}
