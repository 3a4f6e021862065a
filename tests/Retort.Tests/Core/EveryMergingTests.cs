namespace Retort.Tests;

/// <summary>What holds for every merging, whatever is added to it.</summary>
[TestClass]
public sealed class EveryMergingTests
{
    public static IEnumerable<object[]> All => EveryPartTests.Samples(typeof(Merging)).Select(merging => new object[] { merging });

    private static readonly Recipe Recipe = Some.Quick with { Epochs = 5, Network = new Mlp { Layers = 5, Width = 12 } };

    // one start and two models from there, with another learning rate each
    private static readonly (FittedNetwork Start, FittedNetwork[] Models) Family = Trained();

    private static (FittedNetwork, FittedNetwork[]) Trained()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(150);
        var start = Some.Train(Recipe, LearningTask.Multiclass, rows).Network;
        return (start, [.. new[] { 0.01, 0.02 }.Select((rate, k) =>
            TrainingLoop.Run(Recipe with { Optimizer = new AdamW { LearningRate = rate }, Seed = k }, LearningTask.Multiclass, rows, null, 1, null, () => { }, start: start).Network)]);
    }

    private static FittedNetwork Merge(Merging merging, params FittedNetwork[] models)
    {
        using var rows = Some.Clouds(60, seed: 2);
        return NetworkMerge.Of(models, merging, merging.NeedsStart ? Family.Start : null, merging.NeedsRows ? [rows] : null);
    }

    [TestMethod]
    public void All_of_the_catalogue_are_here() => CollectionAssert.AreEqual(
        new[] { "dare", "duet", "fisher", "layer-swap", "merging-at-scale", "pcb", "pleas", "regmean", "slerp", "task-arithmetic", "ties", "twin", "uniform", "weight-matching", "wise-ft" },
        Methods.OfKind(typeof(Merging)).Select(method => method.Id).ToArray());

    [TestMethod, DynamicData(nameof(All))]
    public void The_same_models_give_the_same_weights_and_stay_as_they_were(Merging merging)
    {
        using var scope = NewDisposeScope();
        float[] before = [.. Family.Models[0].Parameters];
        var merged = Merge(merging, Family.Models);
        CollectionAssert.AreEqual(merged.Parameters, Merge(merging, Family.Models).Parameters);
        CollectionAssert.AreEqual(before, Family.Models[0].Parameters);
        Assert.IsTrue(merged.Parameters.All(float.IsFinite));
        CollectionAssert.AreNotEqual(before, merging is SlerpMerging { Position: 0 } ? Family.Models[1].Parameters : merged.Parameters);
    }

    public static IEnumerable<object[]> Defaults => Methods.OfKind(typeof(Merging)).Select(method => new object[] { method.Create() });

    [TestMethod, DynamicData(nameof(Defaults))]
    public void Of_models_of_one_start_the_merged_one_is_far_better_than_chance(Merging merging)
    {
        using var scope = NewDisposeScope();
        using var test = Some.Clouds(300, seed: 3);
        Assert.IsTrue(HeldLoss.Of(Merge(merging, Family.Models), test) < 0.95 * Math.Log(3), $"{HeldLoss.Of(Merge(merging, Family.Models), test)}");
    }

    public static IEnumerable<object[]> One => new Merging[]
    {
        new UniformMerging(), new SlerpMerging(), new WiseFtMerging { Share = 1 }, new TaskArithmeticMerging { Factor = 1 }, new DareMerging { Density = 1, Factor = 1 },
        new TiesMerging { Density = 1 }, new DuetMerging(), new LayerSwapMerging(),
    }.Select(merging => new object[] { merging });

    [TestMethod, DynamicData(nameof(One))]
    public void One_model_is_itself(Merging merging)
    {
        var (model, start) = (Family.Models[0].Parameters, Family.Start.Parameters);
        var merged = merging.Merge([model], new MergeContext(Family.Start.Graph.Layout) { Start = start });
        for (var i = 0; i < merged.Length; i++)
            Assert.AreEqual(model[i], merged[i], 1e-7 * Math.Max(1, Math.Abs(model[i])));
    }

    [TestMethod]
    public void Equal_information_is_the_mean()
    {
        var layout = Family.Start.Graph.Layout;
        float[][] models = [Family.Models[0].Parameters, Family.Models[1].Parameters];
        var merged = new FisherMerging().Merge(models, new MergeContext(layout) { Information = _ => [.. Enumerable.Repeat(3.0, layout.Count)] });
        var mean = new UniformMerging().Merge(models, new(layout));
        for (var i = 0; i < merged.Length; i++)
            Assert.AreEqual(mean[i], merged[i], 1e-6);
    }

    [TestMethod]
    public void Density_1_is_task_arithmetic() =>
        CollectionAssert.AreEqual(Merge(new TaskArithmeticMerging { Factor = 0.7 }, Family.Models).Parameters, Merge(new DareMerging { Density = 1, Factor = 0.7 }, Family.Models).Parameters);

    [TestMethod]
    public void A_factor_of_one_over_models_is_the_mean()
    {
        var (mean, sum) = (Merge(new UniformMerging(), Family.Models).Parameters, Merge(new TaskArithmeticMerging { Factor = 0.5 }, Family.Models).Parameters);
        for (var i = 0; i < mean.Length; i++)
            Assert.AreEqual(mean[i], sum[i], 1e-6);
    }

    [TestMethod]
    public void Share_0_is_the_start_and_positions_at_the_ends_are_the_models()
    {
        CollectionAssert.AreEqual(Family.Start.Parameters, Merge(new WiseFtMerging { Share = 0 }, Family.Models).Parameters);
        CollectionAssert.AreEqual(Family.Models[0].Parameters, Merge(new SlerpMerging { Position = 0 }, Family.Models).Parameters);
        CollectionAssert.AreEqual(Family.Models[1].Parameters, Merge(new SlerpMerging { Position = 1 }, Family.Models).Parameters);
    }

    [TestMethod]
    public void Dropped_entries_keep_the_mean() // of a thousand equal entries, density 0.25: 1000 within some deviations of sqrt(1000 * 3)
    {
        var layout = new ParameterLayout();
        layout.Add(ParameterRole.Weights, [1000]);
        var merged = new DareMerging { Density = 0.25, Factor = 1 }.Merge([[.. Enumerable.Repeat(1f, 1000)]], new(layout) { Start = new float[1000] });
        Assert.IsTrue(merged.All(weight => weight is 0 or 4));
        Assert.AreEqual(1000, merged.Sum(), 250);
    }

    [TestMethod]
    public void Swapped_layers_come_from_the_model_that_is_named()
    {
        var layout = new Mlp { Layers = 3, Width = 2, ScalesFeatures = false }.Build(new(2, [], 2)).Layout; // four matrices
        var (one, two) = (Enumerable.Repeat(1f, layout.Count).ToArray(), Enumerable.Repeat(2f, layout.Count).ToArray());
        float[] Layers(LayerSwapMerging merging) => [.. Enumerable.Range(0, 4).Select(k => merging.Merge([one, two], new(layout))[layout.Slots[2 * k].Offset])];
        CollectionAssert.AreEqual(new[] { 1f, 2, 2, 1 }, Layers(new()));
        CollectionAssert.AreEqual(new[] { 1f, 1, 2, 2 }, Layers(new() { Bottom = 2, Top = 0 }));
        CollectionAssert.AreEqual(new[] { 1f, 1.5f, 2, 2 }, Layers(new() { Bottom = 1, Top = 0, Transition = 1 }));
        CollectionAssert.AreEqual(new[] { 1f, 1.5f, 1.5f, 1 }, Layers(new() { Transition = 1 }));
        Toy.Throws<ArgumentException>("Bottom and Top together must be less than the networks' 4 layers, so that the second model has any, but is 4.", () => Layers(new() { Bottom = 1, Top = 3 }));
    }

    [TestMethod]
    public void The_searched_one_is_no_worse_than_any_candidate()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(60, seed: 2);
        var best = HeldLoss.Of(Merge(new SearchedMerging(), Family.Models), rows);
        foreach (var candidate in new SearchedMerging().Candidates)
            Assert.IsTrue(best <= HeldLoss.Of(Merge(candidate, Family.Models), rows) + 1e-12, candidate.ToString());
    }
}
