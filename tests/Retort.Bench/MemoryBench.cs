using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Bench;

/// <summary>Two hundred fits in one process: the resident size at the end beside that after the twentieth.</summary>
internal static class MemoryBench
{
    private const int Fits = 200, Warm = 20, Rows = 2000, Width = 20;

    public static void Run()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        var data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(_ =>
        {
            var features = Enumerable.Range(0, Width).Select(_ => random.NextSingle() * 2 - 1).ToArray();
            return new Row { Features = features, Label = features.Sum() > 0 };
        }).ToArray());
        var trainer = ml.BinaryClassification.Trainers.Network(new Recipe { Network = new Mlp { Layers = 2, Width = 64 }, Epochs = 3 });

        var warm = 0L;
        for (var fit = 1; fit <= Fits; fit++)
        {
            var scored = trainer.Fit(data).Transform(data);
            if (ml.BinaryClassification.Evaluate(scored).Accuracy < 0.5)
                throw new InvalidOperationException("The network must learn.");
            if (fit == Warm)
                warm = Resident();
        }

        var end = Resident();
        Figures.Print($"memory fits={Fits} ratio={(double)end / warm:F3} after20={warm >> 20} end={end >> 20} unit=MiB");
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }

    private sealed class Row
    {
        [VectorType(Width)]
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
