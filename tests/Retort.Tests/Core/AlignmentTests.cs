using System.Globalization;

namespace Retort.Tests;

/// <summary>Networks of different origin: assignments, alignment, barriers and PLeaS, beside computations in SciPy.</summary>
[TestClass]
public sealed class AlignmentTests
{
    private static readonly Dictionary<string, double[]> Golden = File.ReadLines(Repository.Path("tests", "Retort.Tests", "Golden", "alignment.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray());

    private static readonly Recipe Recipe = Some.Quick with { Network = new Mlp { Layers = 2, Width = 12 }, Epochs = 10 };

    private static FittedNetwork Train(Network network, int seed)
    {
        using var rows = Some.Clouds(150);
        return TrainingLoop.Run(Recipe with { Network = network, Seed = seed }, LearningTask.Multiclass, rows, null, 1, null, () => { }).Network;
    }

    [TestMethod, DataRow(1), DataRow(2), DataRow(5), DataRow(20)]
    public void An_assignment_is_that_of_scipy(int size)
    {
        double[] costs = [.. Enumerable.Range(0, size * size).Select(k => (Row: k / size, Column: k % size)).Select(place => Math.Sin(1 + 3.7 * place.Row + 1.9 * place.Column + place.Row * place.Column))];
        CollectionAssert.AreEqual(Golden[$"assignment-{size}"].Select(column => (int)column).ToArray(), Assignment.Of(costs, size));
    }

    [TestMethod]
    public void Ties_cost_no_more_than_in_scipy()
    {
        var columns = Assignment.Of([.. Enumerable.Range(0, 144).Select(k => (double)(k / 12 * (k % 12) % 4))], 12);
        CollectionAssert.AllItemsAreUnique(columns);
        Assert.AreEqual(Golden["ties"][0], columns.Select((column, row) => row * column % 4).Sum());
    }

    [TestMethod]
    public void The_cheapest_of_all_orders_is_found() // 720 orders of 6, by brute force
    {
        var random = new Generator(3);
        for (var trial = 0; trial < 20; trial++)
        {
            double[] costs = [.. Enumerable.Range(0, 36).Select(_ => random.Normal())];
            var least = Orders([0, 1, 2, 3, 4, 5], 0).Min(order => order.Select((column, row) => costs[row * 6 + column]).Sum());
            Assert.AreEqual(least, Assignment.Of(costs, 6).Select((column, row) => costs[row * 6 + column]).Sum(), 1e-12);
        }

        static IEnumerable<int[]> Orders(int[] order, int from) => from == order.Length ? [[.. order]]
            : Enumerable.Range(from, order.Length - from).SelectMany(i =>
            {
                int[] next = [.. order];
                (next[from], next[i]) = (next[i], next[from]);
                return Orders(next, from + 1);
            });
    }

    [TestMethod]
    public void A_cost_that_is_not_a_number_is_refused() =>
        Toy.Throws<ArgumentException>("Each cost of an assignment must be finite, but is NaN.", () => Assignment.Of([1, double.NaN, 2, 3], 2));

    public static IEnumerable<object[]> Networks => new Network[]
    {
        new Mlp { Layers = 3, Width = 10 },
        new RealMlp { Layers = 2, Width = 8 },
        new ResNetMlp { Blocks = 2, Width = 6 },
        new TabM { Members = 3, Layers = 2, Width = 8 },
    }.SelectMany(network => new[] { UnitMatching.Weights, UnitMatching.Outputs }.Select(by => new object[] { network, by }));

    [TestMethod, DynamicData(nameof(Networks))]
    public void A_copy_with_its_units_exchanged_computes_the_same_and_is_found_again_exactly(Network network, UnitMatching by)
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(100, seed: 4);
        var fitted = Train(network, 0);
        var part = new LearnedPart(fitted.Graph.Layout);
        var axes = UnitAxes.Of(fitted.Graph, part);
        var random = new Generator(5);
        var weights = part.Take<float>(fitted.Parameters);
        float[] exchanged = [.. fitted.Parameters];
        part.Put(UnitOrder.Of(weights, part.Layout, axes, [.. axes.Select(axis => random.Permutation(axis.Units).Select(unit => (int)unit).ToArray())]), exchanged);
        var copy = fitted.With(exchanged);
        CollectionAssert.AreNotEqual(fitted.Parameters, copy.Parameters);
        var (features, _) = rows.Inputs(0, 100);
        Assert.IsTrue((fitted.Forward(features, null) - copy.Forward(features, null)).abs().max().ToDouble() < 1e-4);
        CollectionAssert.AreEqual(fitted.Parameters, NetworkMerge.Of([fitted, copy], new WeightMatching { By = by }, null, [rows]).Parameters);
    }

    [TestMethod]
    public void Alignment_lowers_the_barrier_between_strangers()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(200, seed: 4);
        var recipe = Recipe with { Network = new Mlp { Layers = 1, Width = 64 } };
        var (one, two) = (Train(recipe.Network, 1), Train(recipe.Network, 2));
        var barrier = BarrierTest.Of(one, two, rows, 11);
        Assert.AreEqual(HeldLoss.Of(one, rows), barrier.Losses[0], 1e-12);
        Assert.AreEqual(HeldLoss.Of(two, rows), barrier.Losses[^1], 1e-12);
        Assert.AreEqual(barrier.Losses[^1], barrier.AlignedLosses![^1], 1e-5);
        Assert.IsTrue(barrier.AlignedHeight < barrier.Height / 2, $"{barrier}");
        Assert.AreEqual(barrier.CanBeAveraged, barrier.Advice == "The networks can be averaged as they are.");
        Toy.Throws<ArgumentException>("The models must differ, but models 1 and 2 have the same weights.", () => BarrierTest.Of(one, one, rows, 11));
        Toy.Throws<ArgumentException>("points must be at least 3, but is 2.", () => BarrierTest.Of(one, two, rows, 2));
    }

    [TestMethod]
    public void A_barrier_is_the_highest_point_above_the_line() // by hand: 1, 3, 2 lies 1.5 above the middle of 1 and 2
    {
        var barrier = new MergeBarrier([1, 3, 2], null);
        Assert.AreEqual(1.5, barrier.Height, 1e-12);
        Assert.IsTrue(double.IsNaN(barrier.AlignedHeight) && !barrier.CanBeAveraged && !barrier.CanBeAligned);
        StringAssert.Contains(barrier.Advice, "Teacher.Average");
        Assert.AreEqual(0, new MergeBarrier([1, 0.5, 2], null).Height);
        Assert.AreEqual("The networks can be averaged by WeightMatching, which brings their units into one order.", new MergeBarrier([1, 3, 1], [1, 1.01, 1]).Advice);
    }

    [TestMethod]
    public void Several_copies_are_brought_into_one_order()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(200, seed: 4);
        var models = Enumerable.Range(1, 3).Select(seed => Train(new Mlp { Layers = 1, Width = 64 }, seed)).ToArray();
        var (plain, aligned) = (HeldLoss.Of(NetworkMerge.Of(models, new UniformMerging()), rows), HeldLoss.Of(NetworkMerge.Of(models, new WeightMatching()), rows));
        Assert.IsTrue(aligned <= plain, $"{aligned} {plain}");
    }

    private static readonly Mlp Small = new() { Layers = 2, Width = 4, Activation = Activation.Tanh, ScalesFeatures = false };

    private static FittedNetwork Model(int k) => new(LearningTask.Multiclass, Small, new(2, [], 3), [.. Enumerable.Range(0, 47).Select(i => (float)Math.Sin(0.9 * i + 0.4 + 2.1 * k))]);

    private static Dataset Rows() => new()
    {
        Features = stack([(arange(30, dtype: float32) + 1).cos(), (arange(30, dtype: float32) * 2).sin()], 1).contiguous(),
        Classes = 3,
    };

    [TestMethod, DataRow(0, 1e-3), DataRow(1, 1e-3), DataRow(2, 1e-2)]
    public void Pleas_is_that_of_the_script(int apart, double ridge)
    {
        using var scope = NewDisposeScope();
        var merged = NetworkMerge.Of([Model(0), Model(1)], new PleasMerging { Budget = apart / 4.0, Ridge = ridge }, null, [Rows()]);
        var expected = Golden[$"pleas-{apart}"];
        Assert.AreEqual(4 + apart, ((Mlp)merged.Architecture).Width);
        Assert.AreEqual(expected.Length, merged.Parameters.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], merged.Parameters[i], 1e-3, $"weight {i}");
    }

    [TestMethod]
    public void Pleas_with_the_whole_budget_is_the_mean_of_both_networks_logits()
    {
        using var scope = NewDisposeScope();
        var (one, two, rows) = (Model(0), Model(1), Rows());
        var merged = NetworkMerge.Of([one, two], new PleasMerging { Budget = 1 }, null, [rows]);
        var (features, _) = rows.Inputs(0, 30);
        Assert.IsTrue(((one.Forward(features, null) + two.Forward(features, null)) / 2 - merged.Forward(features, null)).abs().max().ToDouble() < 1e-4);
    }

    [TestMethod]
    public void What_cannot_be_aligned_is_refused_in_one_sentence()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(60);
        var elastic = new ElasticResNet { Blocks = 2, Width = 4 };
        Toy.Throws<ArgumentException>("The networks must have blocks of their own to be aligned, but their blocks share weights along a line.",
            () => NetworkMerge.Of([Train(elastic, 1), Train(elastic, 2)], new WeightMatching()));
        StringAssert.StartsWith(
            Assert.ThrowsExactly<ArgumentException>(() => NetworkMerge.Of([Train(new TabM { Members = 2, Layers = 1, Width = 4 }, 1), Train(new TabM { Members = 2, Layers = 1, Width = 4 }, 2)], new PleasMerging(), null, [rows])).Message,
            "The networks that 'pleas' merges must be of kind Mlp with hidden layers, without number embeddings and learned categories, but is TabM {");
    }
}
