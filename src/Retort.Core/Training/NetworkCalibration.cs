namespace Retort;

/// <summary>Calibrates a fitted network on rows that it has not seen.</summary>
internal static class NetworkCalibration
{
    private const long Block = 1024;

    public static FittedNetwork Of(FittedNetwork network, Calibration calibration, Dataset rows)
    {
        using var scope = NewDisposeScope();
        var logits = new List<Tensor>();
        for (var start = 0L; start < rows.Rows; start += Block)
        {
            var (features, categories) = rows.Inputs(start, Math.Min(Block, rows.Rows - start));
            logits.Add(network.Forward(features, categories));
        }

        var all = cat(logits, 0);
        return network.With(calibration.Fit(network.Task == LearningTask.Binary ? cat([zeros_like(all), all], 1) : all, rows.Labels!, rows.Weights));
    }
}
