using System.Globalization;
using System.IO.Compression;
using static TorchSharp.torch;

namespace Retort.Bench;

/// <summary>A table on which a small network learns from a large ensemble, with the recipes of both, which were chosen on validation rows.</summary>
/// <param name="Name">The table.</param>
/// <param name="Task">What is predicted.</param>
/// <param name="Teacher">How each network of the teacher is trained.</param>
/// <param name="Student">How the small network is trained, whatever it learns from.</param>
/// <param name="Read">Reads the rows and says how they are split.</param>
internal sealed record DistillSet(string Name, LearningTask Task, Recipe Teacher, Recipe Student, Func<DistillRows> Read)
{
    /// <summary>How many networks a teacher is made of.</summary>
    public int Members { get; init; } = 6;

    public static IReadOnlyList<DistillSet> All { get; } =
    [
        new("digits", LearningTask.Multiclass, Teaching(2, 60), Learning(2, 8, 300), Digits),
        new("mnist", LearningTask.Multiclass, Teaching(2, 25, scales: false, dropout: 0.4), Learning(1, 32, 100, scales: false, rate: 2e-3), Mnist),
        new("phoneme", LearningTask.Binary, Teaching(3, 60, new PleEmbedding()), Learning(2, 32, 200), () => Table("phoneme", false)),
        new("wine", LearningTask.Multiclass, Teaching(3, 40, new PleEmbedding()), Learning(2, 64, 100), () => Table("wine", true)),
        new("abalone", LearningTask.Regression, Teaching(2, 40, new PleEmbedding(), rate: 1e-3), Learning(1, 2, 200, rate: 1e-2), () => Table("abalone", false)),
    ];

    private static Recipe Teaching(int layers, int epochs, NumberEmbedding? numbers = null, bool scales = true, double rate = 2e-3, double dropout = 0) =>
        new() { Network = new Mlp { Layers = layers, Width = 128, Numbers = numbers, ScalesFeatures = scales, Dropout = dropout }, BatchSize = 64, Epochs = epochs, Patience = epochs, Optimizer = new AdamW { LearningRate = rate } };

    private static Recipe Learning(int layers, int width, int epochs, bool scales = true, double rate = 5e-3) =>
        new() { Network = new Mlp { Layers = layers, Width = width, ScalesFeatures = scales }, BatchSize = 64, Epochs = epochs, Patience = epochs, Optimizer = new AdamW { LearningRate = rate } };

    private static DistillRows Table(string name, bool classes)
    {
        var table = QualitySet.All.Single(set => set.Name == name).Read();
        var all = table.Dataset([.. Enumerable.Range(0, table.Rows)]);
        if (classes)
            all = new() { Features = all.Features, Labels = (all.Labels!.clamp(4, 8) - 4).to_type(int64), Classes = 5 }; // 3 and 4, 5, 6, 7, 8 and 9
        return new(all, number =>
        {
            var split = table.Split(number);
            return ([.. split.Train], [.. split.Validation], [.. split.Test]);
        });
    }

    private static DistillRows Digits()
    {
        var lines = File.ReadAllLines(Path.Combine("samples", "data", "digits.csv"))[1..].Select(line => line.Split(',').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        return Rows([.. lines.SelectMany(line => line[..64])], [.. lines.Select(line => (long)line[64])], lines.Length * 3 / 5, lines.Length * 4 / 5);
    }

    private static DistillRows Mnist()
    {
        var (pixels, labels) = (Unpacked("mnist-t10k-images-idx3-ubyte.gz")[16..], Unpacked("mnist-t10k-labels-idx1-ubyte.gz")[8..]);
        return Rows([.. pixels.Select(pixel => pixel / 255f)], [.. labels.Select(label => (long)label)], 7000, 8000);

        static byte[] Unpacked(string file)
        {
            using var stream = new GZipStream(File.OpenRead(Path.Combine("..", "shared", "data", file)), CompressionMode.Decompress);
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        }
    }

    private static DistillRows Rows(float[] features, long[] labels, int first, int second)
    {
        Dataset all = new() { Features = tensor(features, dtype: float32).view(labels.Length, -1), Labels = tensor(labels, dtype: int64), Classes = 10 };
        return new(all, number =>
        {
            var order = new Generator((ulong)number).Permutation(labels.Length);
            return (order[..first], order[first..second], order[second..]);
        });
    }
}

/// <summary>All rows of a table, and the row numbers of a split: to train, to validate, to test.</summary>
internal sealed record DistillRows(Dataset All, Func<int, (long[] Train, long[] Held, long[] Test)> Split) : IDisposable
{
    public void Dispose() => All.Dispose();
}
