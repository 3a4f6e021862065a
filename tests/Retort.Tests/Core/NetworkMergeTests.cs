namespace Retort.Tests;

/// <summary>Merges of fitted networks: what is refused, scales of labels, medians, gradients of single rows.</summary>
[TestClass]
public sealed class NetworkMergeTests
{
    private static readonly Recipe Recipe = Some.Quick with { Epochs = 3 };

    private static FittedNetwork Train(Dataset rows, Recipe recipe, FittedNetwork? start = null, LearningTask task = LearningTask.Multiclass) =>
        TrainingLoop.Run(recipe, task, rows, null, 1, null, () => { }, start: start).Network;

    [TestMethod]
    public void A_run_from_a_start_begins_with_its_predictions_and_says_so()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Prices(200);
        using var others = Some.Prices(90, seed: 5);
        var start = Train(rows, Recipe, task: LearningTask.Regression);
        var model = Train(others, Recipe with { Optimizer = new Sgd { LearningRate = 1e-12 }, Epochs = 1 }, start, LearningTask.Regression); // other rows, another scale of the label
        var (features, categories) = others.Inputs(0, others.Rows);
        Assert.IsTrue((start.Forward(features, categories) - model.Forward(features, categories)).abs().max().ToDouble() < 0.01); // of values around 1000
        Assert.AreEqual(start.Fingerprint, model.Origin);
        Assert.AreNotEqual(start.Scale, model.Scale);
        Assert.AreEqual(64, start.Origin.Length);
    }

    [TestMethod]
    public void A_run_from_a_start_keeps_its_medians_and_bins()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(200);
        using var others = Some.Clouds(90, spread: 3, seed: 5);
        var recipe = Recipe with { Network = new Mlp { Layers = 1, Width = 8, Numbers = new PleEmbedding { Bins = 4, Width = 4 } } };
        var start = Train(rows, recipe);
        var model = Train(others, recipe, start);
        foreach (var slot in start.Graph.Layout.Slots.Where(slot => slot.Role == ParameterRole.Constants))
            CollectionAssert.AreEqual(start.Parameters[slot.Offset..(slot.Offset + slot.Count)], model.Parameters[slot.Offset..(slot.Offset + slot.Count)]);
        CollectionAssert.AreNotEqual(start.Parameters, model.Parameters);
    }

    [TestMethod]
    public void Medians_of_models_without_a_common_start_are_their_mean()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(200);
        using var others = Some.Clouds(90, spread: 3, seed: 5);
        FittedNetwork[] models = [Train(rows, Recipe), Train(others, Recipe)];
        var merged = NetworkMerge.Of(models, new UniformMerging());
        var slot = merged.Graph.Layout.Slots[0];
        Assert.AreEqual(ParameterRole.Constants, slot.Role);
        for (var i = slot.Offset; i < slot.Count; i++)
            Assert.AreEqual((models[0].Parameters[i] + models[1].Parameters[i]) / 2, merged.Parameters[i], 1e-6);
        Assert.AreEqual("", merged.Origin);
    }

    [TestMethod]
    public void The_unit_of_a_label_changes_nothing_in_a_merge() // the same table in thousands: what TIES trims is not the rest of the network
    {
        using var scope = NewDisposeScope();
        var merged = new[] { 1f, 1000f }.Select(unit =>
        {
            using var rows = Some.Prices(200);
            using var scaled = new Dataset { Features = rows.Features.alias(), Categories = rows.Categories!.alias(), Cardinalities = rows.Cardinalities, Labels = rows.Labels! * unit, Classes = 1 };
            var start = Train(scaled, Recipe, task: LearningTask.Regression);
            FittedNetwork[] models = [.. new[] { 0.01, 0.03 }.Select(rate => Train(scaled, Recipe with { Optimizer = new AdamW { LearningRate = rate } }, start, LearningTask.Regression))];
            var (features, categories) = rows.Inputs(0, 20);
            return NetworkMerge.Of(models, new TiesMerging(), start).Forward(features, categories) / unit;
        }).ToArray();
        Assert.IsTrue((merged[0] - merged[1]).abs().max().ToDouble() < 2, $"{(merged[0] - merged[1]).abs().max().ToDouble()}"); // of values around 1000 with a deviation of 200
    }

    public static IEnumerable<object[]> Networks => new Network[]
    {
        new Mlp { Layers = 2, Width = 5, Activation = Activation.Tanh },
        new RealMlp { Layers = 1, Width = 6 },
        new ResNetMlp { Blocks = 1, Width = 4 },
        new TabM { Members = 3, Layers = 1, Width = 4, Numbers = new PleEmbedding { Bins = 3, Width = 2 } },
        new ElasticResNet { Blocks = 2, Width = 4 },
        new LinearNetwork { Numbers = new PlrEmbedding { Waves = 3, Width = 2 } },
    }.Select(network => new object[] { network });

    [TestMethod, DynamicData(nameof(Networks))]
    public void Information_by_the_written_backward_is_that_of_autograd(Network network)
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(40);
        var fitted = Train(rows, Recipe with { Network = network });
        var own = NetworkInformation.Of(fitted, fitted.Parameters, rows, 9);
        var flat = Memory.Copy(fitted.Parameters).requires_grad_();
        var views = fitted.Graph.Layout.Views(flat);
        var expected = new double[own.Length];
        for (var i = 0; i < 9; i++)
        {
            var (features, categories) = rows.Inputs(i * 40 / 9, 1);
            var logP = MemberAverage.Of(fitted.Graph.Forward(views, features, categories, null), fitted.Graph.Members, LearningTask.Multiclass).log_softmax(1);
            for (var k = 0; k < 3; k++)
            {
                logP[0, k].backward(retain_graph: true);
                var p = Math.Exp(logP[0, k].ToDouble());
                var gradients = Memory.Of<float>(flat.grad!);
                for (var j = 0; j < expected.Length; j++)
                    expected[j] += p * gradients[j] * gradients[j] / 9;
                flat.grad!.zero_();
            }
        }

        foreach (var slot in fitted.Graph.Layout.Slots.Where(slot => slot.Role != ParameterRole.Constants))
            for (var j = slot.Offset; j < slot.Offset + slot.Count; j++)
                Assert.AreEqual(expected[j], own[j], 1e-6 + 1e-4 * expected[j], $"{slot.Role} {j}");
    }

    [TestMethod, DynamicData(nameof(Networks))]
    public void Every_network_merges_with_every_data_method(Network network)
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(60);
        var start = Train(rows, Recipe with { Network = network });
        FittedNetwork[] models = [.. new[] { 0.005, 0.02 }.Select(rate => Train(rows, Recipe with { Network = network, Optimizer = new AdamW { LearningRate = rate } }, start))];
        var single = models.Max(model => HeldLoss.Of(model, rows));
        foreach (var merging in new Merging[] { new FisherMerging(), new RegMeanMerging() })
            Assert.IsTrue(HeldLoss.Of(NetworkMerge.Of(models, merging, start, [rows]), rows) < single + 0.15, merging.ToString());
    }

    [TestMethod]
    public void Classes_in_another_order_keep_what_they_say()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(60);
        foreach (var network in new Network[] { new Mlp { Layers = 1, Width = 6 }, new TabM { Members = 2, Layers = 1, Width = 4 } })
        {
            var fitted = Train(rows, Recipe with { Network = network });
            var ordered = fitted.InOrder([2, 0, 1]);
            var (features, _) = rows.Inputs(0, 10);
            Assert.IsTrue((fitted.Forward(features, null).index_select(1, tensor(new long[] { 2, 0, 1 })) - ordered.Forward(features, null)).abs().max().ToDouble() < 1e-6);
            Assert.AreEqual(fitted.Fingerprint, ordered.Fingerprint);
        }
    }

    [TestMethod]
    public void What_cannot_be_merged_is_refused_in_one_sentence()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(60);
        using var wide = Some.Clouds(60, features: 5);
        var start = Train(rows, Recipe);
        var (one, two) = (Train(rows, Recipe with { Seed = 1 }, start), Train(rows, Recipe with { Seed = 2 }, start));
        var stranger = Train(rows, Recipe with { Seed = 3 });
        Refuses("The number of models that 'uniform' merges must be at least 2, but is 1.", new UniformMerging(), null, one);
        Refuses("The number of models that 'slerp' merges must be 2, but is 3.", new SlerpMerging(), null, one, two, stranger);
        Refuses("The models must differ, but models 1 and 2 have the same weights.", new UniformMerging(), null, one, one);
        Refuses("The merging 'ties' must be given the start that all models were trained from, but is given none.", new TiesMerging(), null, one, two);
        Refuses($"Model 2 must have been trained from the start, whose weights are {start.Fingerprint[..12]}, but began at {stranger.Origin[..12]}.", new TiesMerging(), start, one, stranger);
        Refuses("The merging 'fisher' must be given data, but is given none.", new FisherMerging(), null, one, two);
        Refuses("Model 2's shape must be that of the first model, 4 features, no category columns and 3 outputs, but is 5 features, no category columns and 3 outputs.", new UniformMerging(), null, one, Train(wide, Recipe));
        StringAssert.StartsWith(Refusal(new UniformMerging(), null, one, Train(rows, Recipe with { Network = new Mlp { Layers = 1, Width = 9 } })), "Model 2's network must be that of the first model but for its Dropout, Mlp {");
        Refuses("The number of Factors must be that of the models, 2, but is 1.", new DuetMerging { Factors = [1] }, start, one, two);
    }

    [TestMethod]
    public void A_start_that_does_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        using var rows = Some.Clouds(60);
        using var wide = Some.Clouds(60, features: 5);
        var start = Train(rows, Recipe);
        Toy.Throws<ArgumentException>("The shape of the start must be that of the rows, 5 features, no category columns and 3 outputs, but is 4 features, no category columns and 3 outputs.", () => Train(wide, Recipe, start));
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => Train(rows, Recipe with { Network = new Mlp { Layers = 2 } }, start)).Message, "The network of the start must be that of the recipe but for its Dropout, Mlp {");
        _ = Train(rows, Recipe with { Network = new Mlp { Layers = 1, Width = 16, Dropout = 0.2 } }, start);
    }

    private static void Refuses(string message, Merging merging, FittedNetwork? start, params FittedNetwork[] models) => Assert.AreEqual(message, Refusal(merging, start, models));

    private static string Refusal(Merging merging, FittedNetwork? start, params FittedNetwork[] models) =>
        Assert.ThrowsExactly<ArgumentException>(() => NetworkMerge.Of(models, merging, start)).Message;
}
