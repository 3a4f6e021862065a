using System.Diagnostics;
using System.Globalization;
using Retort.Tests;

namespace Retort.Gpu;

/// <summary>Training steps a second on a device, beside eager PyTorch and PyTorch under CUDA graphs, round by round in turn.</summary>
internal static class Timing
{
    private const int Rounds = 7, Classes = 10;

    private static readonly Case[] Cases =
    [
        new("A", Rows: 1797, Features: 64, Layers: 2, Width: 256, Batch: 128, Epochs: 40),
        new("B", Rows: 50_000, Features: 100, Layers: 2, Width: 256, Batch: 128, Epochs: 2),
        new("C", Rows: 1797, Features: 64, Layers: 1, Width: 64, Batch: 32, Epochs: 10),
        new("D", Rows: 100_000, Features: 100, Layers: 3, Width: 1024, Batch: 4096, Epochs: 10),
    ];

    public static void Run(Place place, string python)
    {
        var start = new ProcessStartInfo(python, ["-u", Path.Combine(AppContext.BaseDirectory, "train.py"), place.Device.type == DeviceType.CUDA ? "cuda" : "cpu"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var torch = Process.Start(start)!;
        foreach (var one in place.Device.type == DeviceType.CUDA ? Cases : Cases[..3])
        {
            using var data = new Dataset
            {
                Features = Some.Normal(1, float32, one.Rows, one.Features),
                Labels = tensor(Enumerable.Range(0, one.Rows).Select(row => (long)(row % Classes)).ToArray()),
                Classes = Classes,
            };
            var rounds = Enumerable.Range(0, Rounds + 1)
                .Select(_ => (Ours: Train(one, data, place), Eager: Ask(torch, "eager", one), Graph: Ask(torch, "graph", one))).Skip(1).ToArray();
            double Speed(Func<(double Ours, double Eager, double Graph), double> seconds) => one.Steps / Median(rounds.Select(seconds));
            string Ratio(Func<(double Ours, double Eager, double Graph), double> other) => Text(Median(rounds.Select(round => other(round) / round.Ours)), "F2");
            Console.WriteLine(FormattableString.Invariant(
                $"gpu train {one.Name} ratio={Ratio(r => r.Eager)} graph-ratio={Ratio(r => r.Graph)} ours={Text(Speed(r => r.Ours), "F0")} eager={Text(Speed(r => r.Eager), "F0")} graph={Text(Speed(r => r.Graph), "F0")} unit=steps/s device={place.Device}"));
        }

        torch.StandardInput.Close();
        torch.WaitForExit();
    }

    private static double Train(Case one, Dataset data, Place place)
    {
        var recipe = new Recipe
        {
            Network = new Mlp { Layers = one.Layers, Width = one.Width },
            Optimizer = new AdamW { LearningRate = 1e-3, WeightDecay = 0 },
            Schedule = new ConstantRate(),
            Epochs = one.Epochs,
            BatchSize = one.Batch,
            HoldOut = 0,
            Patience = one.Epochs,
        };
        return TrainingLoop.Run(recipe, LearningTask.Multiclass, data, null, 1, null, () => { }, place).Epochs[^1].Elapsed.TotalSeconds;
    }

    /// <summary>The seconds of PyTorch; NaN where it has no such way.</summary>
    private static double Ask(Process torch, string way, Case one)
    {
        torch.StandardInput.WriteLine($"{way} {one.Rows} {one.Features} {one.Layers} {one.Width} {Classes} {one.Batch} {one.Epochs}");
        torch.StandardInput.Flush();
        var answer = torch.StandardOutput.ReadLine() ?? throw new InvalidOperationException("Python must answer, but ended.");
        return double.TryParse(answer, CultureInfo.InvariantCulture, out var seconds) ? seconds
            : answer == "none" ? double.NaN
            : throw new InvalidOperationException($"Python must answer with seconds, but says: {answer}");
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static string Text(double value, string format) => double.IsNaN(value) ? "none" : value.ToString(format, CultureInfo.InvariantCulture);

    private sealed record Case(string Name, int Rows, int Features, int Layers, int Width, int Batch, int Epochs)
    {
        public double Steps => (double)Epochs * ((Rows + Batch - 1) / Batch);
    }
}
