using System.Diagnostics;

namespace Retort;

/// <summary>How long a network takes for one row.</summary>
internal static class RowLatency
{
    private const int Rows = 256, Passes = 15;

    /// <summary>Microseconds, the median of several passes over a few hundred rows, one row at a time on this thread.</summary>
    /// <param name="network">The network, with its calibration.</param>
    /// <param name="data">Rows on the CPU.</param>
    public static double Of(FittedNetwork network, Dataset data)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var count = (int)Math.Min(Rows, data.Rows);
        var (features, categories) = data.Inputs(0, count);
        var numbers = Memory.Of<float>(features).ToArray();
        var keys = categories is null ? [] : Memory.Of<long>(categories).ToArray();
        var (width, columns, served) = (network.Features, network.Cardinalities.Count, new float[network.Outputs]);
        var times = new double[Passes];
        for (var pass = -1; pass < Passes; pass++)
        {
            var begin = Stopwatch.GetTimestamp();
            for (var row = 0; row < count; row++)
                network.ScoreRow(numbers.AsSpan(row * width, width), keys.AsSpan(row * columns, columns), served);
            if (pass >= 0) // before is warming up
                times[pass] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds / count;
        }

        Array.Sort(times);
        return times[Passes / 2];
    }
}
