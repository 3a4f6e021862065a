using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Bench;

/// <summary>The resident size after two hundred fits beside that after the twentieth, and after two thousand epochs of one fit beside that after the fiftieth.</summary>
internal static class MemoryBench
{
    private const int Fits = 200, Warm = 20, Epochs = 2000, WarmEpochs = 50, Rows = 2000, Width = 20;

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

        // the garbage collector lets its youngest generation grow to some 20 MiB before it collects at all; a first run brings it there, so that the second shows what training keeps
        var (early, late) = (0L, 0L);
        var endless = new Recipe { Network = new Mlp { Layers = 1, Width = 32, Dropout = 0.1 }, Averaging = new ExponentialAverage(), BatchSize = 16, Epochs = Epochs, Patience = Epochs };
        Long(endless with { Epochs = Epochs / 4 });
        Long(endless);
        Figures.Print($"memory epochs={Epochs} ratio={(double)late / early:F3} after50={early >> 20} end={late >> 20} unit=MiB");

        void Long(Recipe recipe) => ml.BinaryClassification.Trainers.Network(recipe, progress: new Listener(report =>
        {
            if (report.Epoch == WarmEpochs)
                early = Resident();
            if (report.Epoch == Epochs)
                late = Resident();
        })).Fit(data);
    }

    private sealed class Listener(Action<EpochReport> report) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => report(value);
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
