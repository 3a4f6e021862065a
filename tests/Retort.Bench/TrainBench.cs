using System.Runtime.InteropServices;
using TorchSharp;

namespace Retort.Bench;

/// <summary>
/// Training steps a second beside PyTorch: one network at a time, beside eager code and beside its DataLoader; two networks at once, each on a thread;
/// sixteen networks of different seeds. The same data, batches and optimizer (Adam), and one libtorch thread a network.
/// </summary>
internal static class TrainBench
{
    private const int Rounds = 11, Classes = 10, Threads = 2;

    private static readonly Case[] Cases =
    [
        new("A", Rows: 1797, Features: 64, Layers: 2, Width: 256, Batch: 128, Epochs: 25, Speed: 1),
        new("B", Rows: 50_000, Features: 100, Layers: 2, Width: 256, Batch: 128, Epochs: 1, Speed: 1),
        new("C", Rows: 1797, Features: 64, Layers: 1, Width: 64, Batch: 32, Epochs: 25, Speed: 6),
    ];

    public static void Run(string[] selected)
    {
        var folder = Directory.CreateTempSubdirectory("retort-train-").FullName;
        try
        {
            CheckProducts();
            foreach (var one in Cases)
                one.Write(folder);
            using var python = Python.Start("train.py", folder);
            var figures = new Dictionary<string, Action>
            {
                ["A"] = () => One(python, Cases[0]),
                ["B"] = () => One(python, Cases[1]),
                ["C"] = () => One(python, Cases[2]),
                ["two"] = () => Many(python, "two", Cases[2], networks: 2, epochs: 12),
                ["sixteen"] = () => Many(python, "sixteen", Cases[2], networks: 16, epochs: 2),
            };
            foreach (var name in selected.Length == 0 ? [.. figures.Keys] : selected)
                figures.GetValueOrDefault(name, () => throw new InvalidOperationException($"The case must be one of {string.Join(", ", figures.Keys)}, but is '{name}'."))();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void One(Python python, Case one)
    {
        using var data = one.Data();
        var rounds = Enumerable.Range(0, Rounds + 1).Select(_ => (
            Ours: one.Steps(one.Epochs * one.Speed) / Train(one, data, one.Epochs * one.Speed, seed: 1),
            Torch: one.Steps(one.Epochs) / python.AskNumber($"eager {one.Name} {one.Epochs}"),
            Loader: one.Steps(one.Epochs) / python.AskNumber($"loader {one.Name} {one.Epochs}"))).Skip(1).ToArray();
        double[] ours = [.. rounds.Select(r => r.Ours)], torch = [.. rounds.Select(r => r.Torch)], loader = [.. rounds.Select(r => r.Loader)];
        Figures.Print($"train {one.Name} {Figures.Ratio(ours, torch)} ours={Figures.Median(ours):F0} torch={Figures.Median(torch):F0} dataloader={Figures.Median(loader):F0} dataloader-{Figures.Ratio(ours, loader)} unit=steps/s");
    }

    /// <summary>Several networks of one shape: ours on two threads that share them out.</summary>
    private static void Many(Python python, string name, Case one, int networks, int epochs)
    {
        using var data = one.Data();
        var rounds = Enumerable.Range(0, Rounds + 1).Select(_ => (
            Ours: networks * one.Steps(epochs * one.Speed) / Figures.Seconds(() => Together(one, data, networks, epochs * one.Speed)),
            Torch: networks * one.Steps(epochs) / python.AskNumber($"{name} {one.Name} {epochs}"))).Skip(1).ToArray();
        double[] ours = [.. rounds.Select(r => r.Ours)], torch = [.. rounds.Select(r => r.Torch)];
        Figures.Print($"train {name} case={one.Name} {Figures.Ratio(ours, torch)} ours={Figures.Median(ours):F0} torch={Figures.Median(torch):F0} unit=steps/s networks={networks}");
    }

    private static void Together(Case one, Dataset data, int networks, int epochs)
    {
        var threads = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            for (var seed = thread; seed < networks; seed += Threads)
                Train(one, data, epochs, seed);
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
    }

    /// <summary>The seconds of a run's epochs.</summary>
    private static double Train(Case one, Dataset data, int epochs, int seed)
    {
        var recipe = new Recipe
        {
            Network = new Mlp { Layers = one.Layers, Width = one.Width },
            Optimizer = new AdamW { LearningRate = 1e-3, WeightDecay = 0 },
            Schedule = new ConstantRate(),
            Epochs = epochs,
            BatchSize = one.Batch,
            HoldOut = 0,
            Seed = seed,
        };
        return TrainingLoop.Run(recipe, LearningTask.Multiclass, data, null, 1, null, () => { }).Epochs[^1].Elapsed.TotalSeconds;
    }

    /// <summary>Refuses where our own products are not OpenBLAS's or better.</summary>
    private static void CheckProducts()
    {
        var threads = torch.get_num_threads();
        torch.set_num_threads(1);
        using var square = torch.rand(256, 256);
        var best = Enumerable.Range(0, 300).Min(_ => Figures.Seconds(() => square.mm(square).Dispose()));
        torch.set_num_threads(threads);
        var speed = 2 * Math.Pow(256, 3) / best / 1e9;
        if (!(speed > 30))
            throw new InvalidOperationException(FormattableString.Invariant($"Our 256x256x256 product must exceed 30 GFLOP/s, as OpenBLAS does, but reaches {speed:F1}."));
    }

    /// <summary>A table and a network for it. PyTorch trains <c>Epochs</c> in a round, half a second, and ours <c>Speed</c> times as many, so that its rounds are long enough to time.</summary>
    private sealed record Case(string Name, int Rows, int Features, int Layers, int Width, int Batch, int Epochs, int Speed)
    {
        public double Steps(int epochs) => (double)epochs * ((Rows + Batch - 1) / Batch);

        public Dataset Data()
        {
            var (features, labels) = Numbers();
            return new() { Features = torch.tensor(features).reshape(Rows, Features), Labels = torch.tensor(labels), Classes = Classes };
        }

        public void Write(string folder)
        {
            var (features, labels) = Numbers();
            File.WriteAllBytes(Path.Combine(folder, $"{Name}.features"), MemoryMarshal.AsBytes<float>(features));
            File.WriteAllBytes(Path.Combine(folder, $"{Name}.labels"), MemoryMarshal.AsBytes<long>(labels));
        }

        /// <summary>Normal features, and the class whose random direction a row points to most.</summary>
        private (float[] Features, long[] Labels) Numbers()
        {
            var random = new Generator(1);
            var features = new float[Rows * Features];
            foreach (ref var number in features.AsSpan())
                number = (float)random.Normal();
            var directions = Enumerable.Range(0, Classes).Select(_ => Enumerable.Range(0, Features).Select(_ => random.Normal()).ToArray()).ToArray();
            var labels = Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, Classes)
                .MaxBy(k => directions[k].Select((weight, i) => weight * features[row * Features + i]).Sum())).Select(k => (long)k).ToArray();
            return (features, labels);
        }
    }
}
