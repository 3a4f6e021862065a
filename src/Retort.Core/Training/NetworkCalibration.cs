namespace Retort;

/// <summary>Calibrates a fitted network on rows that it has not seen.</summary>
internal static class NetworkCalibration
{
    private const int Block = 1024;

    public static FittedNetwork Of(FittedNetwork network, Calibration calibration, Dataset rows)
    {
        using var scope = NewDisposeScope();
        var classes = network.Task == LearningTask.Binary ? 2 : network.Outputs;
        var noise = Noise(calibration, rows);
        var (count, features) = (calibration.CopiesOfRows, network.Features);
        var logits = Logits(network, rows, classes, []);
        var copies = count == 0 ? null : new double[count * logits.Length];
        for (var copy = 0; copy < count; copy++)
        {
            var noisy = Logits(network, rows, classes, noise.AsSpan(copy * features, features));
            for (var row = 0; row < noisy.Length / classes; row++)
                noisy.AsSpan(row * classes, classes).CopyTo(copies.AsSpan((row * count + copy) * classes));
        }

        return network.With(
            calibration.Fit(new CalibrationRows(
                logits, classes, [.. Memory.Of<long>(rows.Labels!).ToArray().Select(label => (int)label)],
                rows.Weights is null ? null : [.. Memory.Of<float>(rows.Weights).ToArray().Select(weight => (double)weight)], copies)),
            noise);
    }

    private static double[] Logits(FittedNetwork network, Dataset rows, int classes, ReadOnlySpan<float> noise)
    {
        var logits = new double[rows.Rows * classes]; // of two classes (0, z)
        for (var start = 0L; start < rows.Rows; start += Block)
        {
            using var scope = NewDisposeScope();
            var (features, categories) = rows.Inputs(start, Math.Min(Block, rows.Rows - start));
            var outputs = Memory.Of<float>(network.Forward(noise.IsEmpty ? features : features + Memory.Copy(noise), categories).contiguous());
            for (var i = 0; i < outputs.Length; i++)
                logits[start * classes + (network.Outputs == classes ? i : 2 * i + 1)] = outputs[i];
        }

        return logits;
    }

    /// <summary>Normal numbers, the same for every row, in units of each column's deviation: [copies × features].</summary>
    private static float[] Noise(Calibration calibration, Dataset rows)
    {
        var (features, random) = (rows.Features.shape[1], new Generator(1));
        var noise = new float[calibration.CopiesOfRows * features];
        if (noise.Length == 0)
            return noise;
        var all = rows.Inputs(0, rows.Rows).Features.to(float64);
        var deviations = Memory.Of<double>((all - all.mean([0L], keepdim: true)).square().mean([0L]).sqrt().contiguous());
        for (var i = 0; i < noise.Length; i++)
            noise[i] = (float)(calibration.NoiseOfCopies * deviations[(int)(i % features)] * random.Normal());
        return noise;
    }
}
