using System.Globalization;
using TorchSharp;

namespace Retort.Bench;

/// <summary>
/// Every merging on two networks that were trained on disjoint halves of the rows or of the classes from one start, and alignment and PLeaS on networks of different seeds:
/// <c>./bench merge [digits] [mnist] [phoneme] [abalone] [seeds]</c>, by default all and five.
/// </summary>
/// <remarks>Log-loss, in regression the root of the mean squared error, and accuracy of the test rows, means over the seeds. <c>joint</c> goes on from the start on the rows of both halves.</remarks>
internal static class MergeBench
{
    private static readonly Merging[] Merges =
    [
        new UniformMerging(), new SlerpMerging(), new WiseFtMerging(), new TaskArithmeticMerging(), new TaskArithmeticMerging { Factor = 0.7 }, new DareMerging(), new TiesMerging(), new TiesMerging { Density = 0.8 },
        new PcbMerging(), new FisherMerging(), new RegMeanMerging(), new LayerSwapMerging(), new DuetMerging(), new SearchedMerging(),
    ];

    public static void Run(string[] rest)
    {
        var seeds = rest.Where(word => int.TryParse(word, out _)).Select(word => int.Parse(word, CultureInfo.InvariantCulture)).FirstOrDefault(5);
        string[] names = [.. rest.Where(word => !int.TryParse(word, out _))];
        foreach (var set in DistillSet.All.Where(set => names.Length == 0 ? set.Name != "wine" : names.Contains(set.Name)))
        {
            using var rows = set.Read();
            Print($"merge {set.Name} halves=rows", seeds, seed => Halves(set, rows, seed, byClass: false));
            if (set.Task == LearningTask.Multiclass)
                Print($"merge {set.Name} halves=classes", seeds, seed => Halves(set, rows, seed, byClass: true));
            Print($"merge {set.Name} strangers", seeds, seed => Strangers(set, rows, seed));
        }
    }

    private static void Print(string head, int seeds, Func<int, IReadOnlyList<(string Name, double[] Figures)>> run)
    {
        var all = new IReadOnlyList<(string Name, double[] Figures)>[seeds];
        Lanes.Run(Enumerable.Range(0, seeds).Select(seed => (Action)(() => all[seed] = run(seed + 1))));
        for (var line = 0; line < all[0].Count; line++)
        {
            double Mean(int i) => all.Average(own => own[line].Figures[i]);
            var deviation = Math.Sqrt(all.Sum(own => Math.Pow(own[line].Figures[0] - Mean(0), 2)) / Math.Max(1, seeds - 1));
            Figures.Print($"{head} method={all[0][line].Name} loss={Mean(0):F4} sd={deviation:F4}{(double.IsNaN(Mean(1)) ? "" : string.Create(CultureInfo.InvariantCulture, $" accuracy={Mean(1):F4}"))} seeds={seeds}");
        }
    }

    private static IReadOnlyList<(string, double[])> Halves(DistillSet set, DistillRows rows, int seed, bool byClass)
    {
        var (trainRows, heldRows, testRows) = rows.Split(seed);
        using var test = rows.All.View(testRows, allLabeled: true);
        using var held = rows.All.View(heldRows, allLabeled: true);
        using var train = rows.All.View(trainRows);
        var recipe = set.Student with { Network = new Mlp { Layers = 2, Width = 64, ScalesFeatures = set.Student.Network.ScalesFeatures }, Epochs = 15, Seed = seed };
        var start = Train(recipe with { Epochs = 3 }, train, held, null, 0);
        Dataset[] learned = [.. Enumerable.Range(0, 2).Select(half => rows.All.View(Half(rows.All, trainRows, half, byClass)))];
        Dataset[] judged = [.. Enumerable.Range(0, 2).Select(half => rows.All.View(Half(rows.All, heldRows, half, byClass), allLabeled: true))];
        FittedNetwork[] models = [.. Enumerable.Range(0, 2).Select(half => Train(recipe, learned[half], judged[half], start, half))];
        var lines = new List<(string, double[])>
        {
            ("start", Figure(start, test)),
            ("single", [.. models.Select(model => Figure(model, test)).Aggregate((one, other) => [.. one.Zip(other, (a, b) => a + b)]).Select(sum => sum / 2)]),
            ("joint", Figure(Train(recipe, train, held, start, 0), test)),
            ("ensemble", [SoupBench.Ensemble(models, test), double.NaN]),
        };
        foreach (var merging in Merges)
            lines.Add((Name(merging), Figure(NetworkMerge.Of(models, merging, start, merging.NeedsLabels ? [held] : merging.NeedsRows ? learned : null), test)));
        lines.Add(("twin", Twin(TwinFit.Of(models, new TwinMerging(), start, learned, () => { }), test)));
        foreach (var own in learned.Concat(judged))
            own.Dispose();
        return lines;

        FittedNetwork Train(Recipe own, Dataset from, Dataset by, FittedNetwork? begin, int half) =>
            TrainingLoop.Run(own with { Seed = 10 * seed + half, Optimizer = begin is null ? own.Optimizer : new AdamW { LearningRate = own.Optimizer.LearningRate * 0.4 } }, set.Task, from, by, seed, null, () => { }, start: begin).Network;
    }

    private static IReadOnlyList<(string, double[])> Strangers(DistillSet set, DistillRows rows, int seed)
    {
        var (trainRows, heldRows, testRows) = rows.Split(seed);
        using var test = rows.All.View(testRows, allLabeled: true);
        using var held = rows.All.View(heldRows, allLabeled: true);
        using var train = rows.All.View(trainRows);
        using var some = rows.All.View(trainRows[..Math.Min(trainRows.Length, 2000)]);
        var recipe = set.Student with { Network = new Mlp { Layers = 2, Width = 128, ScalesFeatures = set.Student.Network.ScalesFeatures }, Epochs = 30, Optimizer = new AdamW { LearningRate = 2e-3 } };
        FittedNetwork[] models = [.. Enumerable.Range(0, 2).Select(k => TrainingLoop.Run(recipe with { Seed = 100 * seed + k }, set.Task, train, held, seed, null, () => { }).Network)];
        var barrier = BarrierTest.Of(models[0], models[1], test, 11);
        var lines = new List<(string, double[])>
        {
            ("single", [.. models.Select(model => Figure(model, test)).Aggregate((one, other) => [.. one.Zip(other, (a, b) => a + b)]).Select(sum => sum / 2)]),
            ("ensemble", [SoupBench.Ensemble(models, test), double.NaN]),
            ("barrier", [barrier.Height, double.NaN]),
            ("barrier-aligned", [barrier.AlignedHeight, double.NaN]),
            ("barrier-gone", [1 - barrier.AlignedHeight / barrier.Height, double.NaN]),
        };
        foreach (var merging in (Merging[])[new UniformMerging(), new WeightMatching(), new WeightMatching { By = UnitMatching.Outputs }, .. new[] { 0.0, 0.2, 0.5, 1.0 }.Select(budget => new PleasMerging { Budget = budget })])
            lines.Add((Name(merging), Figure(NetworkMerge.Of(models, merging, null, [some]), test)));
        return lines;
    }

    private static string Name(Merging merging) => Methods.Of(merging).Id + merging switch
    {
        TaskArithmeticMerging { Factor: var factor } when factor != new TaskArithmeticMerging().Factor => string.Create(CultureInfo.InvariantCulture, $"-{factor}"),
        TiesMerging { Density: var density } when density != new TiesMerging().Density => string.Create(CultureInfo.InvariantCulture, $"-{density}"),
        PleasMerging { Budget: var budget } => string.Create(CultureInfo.InvariantCulture, $"-{budget}"),
        WeightMatching { By: UnitMatching.Outputs } => "-outputs",
        _ => "",
    };

    /// <summary>The figure of a twin, of classes, row by row.</summary>
    private static double[] Twin(TwinNetwork twin, Dataset test)
    {
        using var scope = torch.NewDisposeScope();
        var (features, categories) = test.Inputs(0, test.Rows);
        var (numbers, keys) = (Memory.Of<float>(features.contiguous()).ToArray(), categories is null ? [] : Memory.Of<long>(categories.contiguous()).ToArray());
        var (width, columns, outputs) = (twin.Shared.Features, twin.Shared.Cardinalities.Count, twin.Shared.Outputs);
        var scores = new float[test.Rows * outputs];
        for (var row = 0; row < test.Rows; row++)
            twin.ScoreRow(numbers.AsSpan(row * width, width), keys.AsSpan(row * columns, columns), scores.AsSpan(row * outputs, outputs));
        return Figure(JudgingRows.Answers(twin.Shared, test, null) with { Scores = [.. scores.Select(score => twin.Shared.Task == LearningTask.Binary ? (double)Logits.Sigmoid(score) : score)], Decisions = null });
    }

    /// <summary>Every other row, or the rows of every other class.</summary>
    private static long[] Half(Dataset all, long[] rows, int half, bool byClass)
    {
        using var scope = torch.NewDisposeScope();
        var labels = byClass ? Memory.Of<long>(all.Labels!).ToArray() : [];
        return [.. rows.Where((row, i) => (byClass ? labels[row] % 2 : i % 2) == half)];
    }

    private static double[] Figure(FittedNetwork network, Dataset test)
    {
        return Figure(JudgingRows.Answers(network, test, null));
    }

    private static double[] Figure(FairnessRows answers)
    {
        var loss = HeldLoss.Of(answers);
        return answers.Task == LearningTask.Regression ? [Math.Sqrt(loss), double.NaN] : answers.Decisions is null ? [loss, double.NaN] : [loss, answers.Decisions.Zip(answers.Labels!, (decision, label) => decision == label ? 1.0 : 0).Average()];
    }
}
