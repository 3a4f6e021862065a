using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort.Bench;

/// <summary>The peak of the resident size while a large text file becomes a dataset, and while a network trains on it, beside the size of its numbers.</summary>
internal static class LargeBench
{
    private const int Width = 50;

    public static void Run(int rows)
    {
        var file = Path.Combine(Path.GetTempPath(), $"retort-large-{Environment.ProcessId}.csv");
        try
        {
            Write(file, 1000);
            Read(file).Dispose(); // what the runtime and libtorch take once
            Write(file, rows);
            var before = Resident();
            Dataset data = null!;
            var seconds = Figures.Seconds(() => data = Read(file));
            var size = (double)rows * Width * sizeof(float);
            Print("", Peak() - before, seconds);

            seconds = Figures.Seconds(() => TrainingLoop.Run(
                new Recipe { Network = new Mlp { Layers = 1, Width = 16 }, Epochs = 1, BatchSize = 4096 }, LearningTask.Regression, data, null, 1, null, () => { }));
            Print("train ", Peak() - before, seconds);
            data.Dispose();

            void Print(string name, long peak, double time) =>
                Figures.Print($"large {name}ratio={peak / size:F2} peakMiB={peak >> 20} floatMiB={size / (1 << 20):F0} seconds={time:F1} rows={rows} columns={Width}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Dataset Read(string file)
    {
        var ml = new MLContext(seed: 1);
        var view = ml.Data.LoadFromTextFile(
            file, [new TextLoader.Column("Label", DataKind.Single, 0), new TextLoader.Column("Features", DataKind.Single, 1, Width)], separatorChar: ',');
        using var channel = ((IHostEnvironment)ml).Register("Bench").Start("Large");
        return new DatasetReader(new NetworkColumns("Label", "Features", null, [], null), LearningTask.Regression, channel, () => { }).Read(view, null).Rows;
    }

    private static void Write(string file, int rows)
    {
        var random = new Random(1);
        var cells = Enumerable.Range(0, 1000).Select(i => (i / 1000.0 - 0.5).ToString("F3", CultureInfo.InvariantCulture)).ToArray();
        using var writer = new StreamWriter(file, append: false, System.Text.Encoding.ASCII, 1 << 16);
        for (var row = 0; row < rows; row++)
        {
            writer.Write(cells[row % 7]);
            for (var i = 0; i < Width; i++)
            {
                writer.Write(',');
                writer.Write(cells[random.Next(cells.Length)]);
            }

            writer.Write('\n');
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }

    private static long Peak() => System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64;
}
