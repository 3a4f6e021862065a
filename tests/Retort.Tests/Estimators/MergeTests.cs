using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Merges of fitted models and chains, as users call them.</summary>
[TestClass]
public sealed class MergeTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static MulticlassNetworkTransformer Train(IDataView data, Recipe recipe, ITransformer? start = null) =>
        Ml.MulticlassClassification.Trainers.Network(recipe, start: start).Fit(data);

    private static double LogLoss(ITransformer model, IDataView data) => Ml.MulticlassClassification.Evaluate(model.Transform(data)).LogLoss;

    [TestMethod]
    public void A_merged_model_saves_loads_and_keeps_its_ancestry()
    {
        var data = Toy.Keyed(Ml, Toy.Rows(120));
        var start = Train(data, Toy.Quick);
        var (one, two) = (Train(data, Toy.Quick with { Seed = 1 }, start), Train(data, Toy.Quick with { Seed = 2, Optimizer = new AdamW { LearningRate = 0.005 } }, start));
        var merged = (MulticlassNetworkTransformer)Ml.Model.Merge([one, two], new TiesMerging { Density = 0.5 }, start);
        Assert.IsTrue(LogLoss(merged, data) < LogLoss(start, data));

        using var file = new MemoryStream();
        Ml.Model.Save(merged, data.Schema, file);
        file.Position = 0;
        var loaded = (MulticlassNetworkTransformer)new MLContext().Model.Load(file, out _);
        Assert.AreEqual(merged.Model.Recipe, loaded.Model.Recipe);
        CollectionAssert.AreEqual(merged.Fitted.Parameters, loaded.Fitted.Parameters);
        Assert.AreEqual(start.Fitted.Fingerprint, loaded.Fitted.Origin);

        var ancestry = loaded.Model.Recipe.Ancestry!;
        Assert.AreEqual(new TiesMerging { Density = 0.5 }, ancestry.Method);
        Assert.AreEqual(start.Fitted.Fingerprint, ancestry.Start);
        CollectionAssert.AreEqual(new[] { one.Fitted.Fingerprint, two.Fitted.Fingerprint }, ancestry.Parents.Select(parent => parent.Weights).ToArray());
        CollectionAssert.AreEqual(new[] { one.Model.Recipe, two.Model.Recipe }, ancestry.Parents.Select(parent => parent.Recipe).ToArray());
        Assert.AreEqual(loaded.Model.Recipe, Recipe.FromJson(loaded.Model.Recipe.ToJson()));
    }

    [TestMethod]
    public void A_network_trained_by_the_recipe_of_a_merged_one_has_no_ancestry()
    {
        var data = Toy.Keyed(Ml, Toy.Rows(60));
        var (one, two) = (Train(data, Toy.Quick), Train(data, Toy.Quick with { Optimizer = new AdamW { LearningRate = 0.01 } }));
        var recipe = ((MulticlassNetworkTransformer)Ml.Model.Merge([one, two])).Model.Recipe;
        Assert.IsNotNull(recipe.Ancestry);
        Assert.IsNull(Train(data, recipe).Model.Recipe.Ancestry);
    }

    [TestMethod]
    public void Chains_keep_the_steps_around_the_network()
    {
        var view = Toy.View(Ml, Toy.Rows(120));
        var before = Ml.Transforms.Conversion.MapValueToKey("Label", nameof(Toy.Row.Class)).Append(Ml.Transforms.NormalizeMinMax("Features")).Fit(view);
        var prepared = before.Transform(view);
        var after = Ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(Train(prepared, Toy.Quick).Transform(prepared));
        ITransformer Chain(Recipe recipe, ITransformer? start = null) => new TransformerChain<ITransformer>(before, Train(prepared, recipe, start), after);
        var start = Chain(Toy.Quick);
        var models = new[] { Chain(Toy.Quick with { Seed = 1 }, start), Chain(Toy.Quick with { Seed = 2 }, start) };
        foreach (var merging in new Merging[] { new UniformMerging(), new TaskArithmeticMerging { Factor = 0.5 }, new FisherMerging { Rows = 50 }, new RegMeanMerging(), new SearchedMerging() })
        {
            var merged = Ml.Model.Merge(models, merging, start, view);
            var scored = merged.Transform(view);
            Assert.IsTrue(scored.Schema["PredictedLabel"].Type is TextDataViewType);
            Assert.IsTrue(LogLoss(merged, view) < 1, merging.ToString());
        }

        var others = Ml.Transforms.Conversion.MapValueToKey("Label", nameof(Toy.Row.Class)).Append(Ml.Transforms.NormalizeMeanVariance("Features")).Fit(view);
        Toy.Throws<ArgumentException>("Model 2 must have the same fitted steps before its network as the first model, but has others; fit them once, for all models.",
            () => Ml.Model.Merge([models[0], new TransformerChain<ITransformer>(others, Train(others.Transform(view), Toy.Quick), after)]));
        Toy.Throws<ArgumentException>("Model 2 must hold one fitted network, but holds 0.", () => Ml.Model.Merge([models[0], before]));
    }

    [TestMethod]
    public void Classes_in_another_order_are_matched_by_name()
    {
        var rows = Toy.Rows(120);
        var (data, turned) = (Toy.Keyed(Ml, rows), Toy.Keyed(Ml, rows.AsEnumerable().Reverse()));
        var (one, two) = (Train(data, Toy.Quick with { Epochs = 20 }), Train(turned, Toy.Quick with { Epochs = 20, HoldOut = 0.2 }));
        CollectionAssert.AreNotEqual(one.ClassNames!.ToArray(), two.ClassNames!.ToArray());
        var merged = (MulticlassNetworkTransformer)Ml.Model.Merge([one, two], new SlerpMerging { Position = 1 });
        CollectionAssert.AreEqual(one.ClassNames!.ToArray(), merged.ClassNames!.ToArray());
        Assert.AreEqual(LogLoss(two, turned), LogLoss(merged, data), 1e-6);

        var strangers = Train(Toy.Keyed(Ml, Toy.Rows(120, "red", "green", "pink")), Toy.Quick);
        Toy.Throws<ArgumentException>("Model 2 must have the classes of the first model, but only the first model has blue and only Model 2 has pink.", () => Ml.Model.Merge([one, strangers]));
        Toy.Throws<ArgumentException>("The start must have the label's classes in the same order, blue, green, red, but has red, green, blue.", () => Train(turned, Toy.Quick, one));
    }

    [TestMethod]
    public void Calibrated_models_are_calibrated_anew()
    {
        var data = Toy.Keyed(Ml, Toy.Rows(200));
        var recipe = Toy.Quick with { Calibration = new TemperatureScaling() };
        var start = Train(data, recipe);
        var models = new[] { Train(data, recipe with { Seed = 1 }, start), Train(data, recipe with { Seed = 2 }, start) };
        Toy.Throws<ArgumentException>("Merge must be given data where models are calibrated, as by 'temperature': a calibrator belongs to the logits of one network.", () => Ml.Model.Merge(models));
        var merged = (MulticlassNetworkTransformer)Ml.Model.Merge(models, data: data);
        Assert.IsNotNull(merged.Fitted.Calibrator);
    }

    [TestMethod]
    public void Strangers_are_told_of()
    {
        var ml = new MLContext(seed: 1);
        var log = Toy.Log(ml);
        var data = Toy.Keyed(ml, Toy.Rows(60));
        ml.Model.Merge([Train(data, Toy.Quick), Train(data, Toy.Quick with { Seed = 4 })]);
        Assert.IsTrue(log.Any(line => line.Contains("were not trained from one start", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_network_that_an_earlier_version_saved_has_no_origin() // version 2: without origin and scale
    {
        var network = Train(Toy.Keyed(Ml, Toy.Rows(60)), Toy.Quick).Fitted;
        using var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        writer.Write(2);
        writer.Write((int)network.Task);
        writer.Write(network.Architecture.ToJson());
        foreach (var number in new[] { network.Features, 0, network.Shape.Outputs })
            writer.Write(number);
        network.Link.Write(writer);
        writer.Write(false);
        writer.Write(network.Parameters.Length);
        foreach (var parameter in network.Parameters)
            writer.Write(parameter);
        var loaded = FittedNetworkTests.Read(stream.ToArray());
        Assert.AreEqual("", loaded.Origin);
        CollectionAssert.AreEqual(network.Parameters, loaded.Parameters);
    }

    [TestMethod]
    public void A_barrier_is_measured_on_models_of_two_seeds()
    {
        var data = Toy.Keyed(Ml, Toy.Rows(120));
        var recipe = Toy.Quick with { Network = new Mlp { Layers = 1, Width = 24 }, Epochs = 20 };
        var (one, two) = (Train(data, recipe), Train(data, recipe with { Seed = 3 }));
        var barrier = Ml.Model.MergeBarrier(one, two, data, points: 5);
        Assert.AreEqual(5, barrier.Losses.Count);
        Assert.AreEqual(LogLoss(one, data), barrier.Losses[0], 1e-5);
        Assert.IsTrue(barrier.AlignedHeight <= barrier.Height, $"{barrier}");
        var wide = (MulticlassNetworkTransformer)Ml.Model.Merge([one, two], new PleasMerging { Budget = 0.5 }, data: data);
        Assert.AreEqual(36, ((Mlp)wide.Fitted.Architecture).Width);
        Assert.AreEqual(wide.Fitted.Architecture, wide.Model.Recipe.Network);
        Assert.IsTrue(LogLoss(wide, data) < Math.Max(LogLoss(one, data), LogLoss(two, data)) + 0.1);
    }

    [TestMethod]
    public void A_twin_tells_whose_rows_they_are_and_saves_and_loads()
    {
        var rows = Toy.Rows(240, "red", "green", "blue", "pink");
        var keys = Ml.Transforms.Conversion.MapValueToKey("Label", nameof(Toy.Row.Class)).Fit(Toy.View(Ml, rows));
        var all = keys.Transform(Toy.View(Ml, rows));
        var halves = new[] { 0, 1 }.Select(half => keys.Transform(Toy.View(Ml, rows.Where(row => row.Number % 4 / 2 == half)))).ToArray();
        var start = Train(all, Toy.Quick);
        var models = halves.Select((half, k) => Train(half, Toy.Quick with { Epochs = 30, Seed = k }, start)).ToArray();
        var twin = (TwinTransformer)Ml.Model.Merge(models, new TwinMerging { Density = 0.5 }, start, halves);
        var single = models.Min(model => LogLoss(model, all));
        Assert.IsTrue(LogLoss(twin, all) < single / 2, $"{LogLoss(twin, all)} {single}");
        Assert.IsTrue(LogLoss(twin, all) < LogLoss(Ml.Model.Merge(models), all), $"{LogLoss(twin, all)}");
        Assert.AreEqual(new TwinMerging { Density = 0.5 }, twin.Model.Recipe.Ancestry!.Method);

        using var file = new MemoryStream();
        Ml.Model.Save(twin, all.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);
        Assert.AreEqual(LogLoss(twin, all), LogLoss(loaded, all));
        Toy.Throws<ArgumentException>("The number of data views for 'twin' must be 2, one for each model, so that a router can learn whose a row is, but is 1.", () => Ml.Model.Merge(models, new TwinMerging(), start, all));
    }

    [TestMethod]
    public void With_all_weights_kept_a_twin_is_each_of_its_models()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var rows = Some.Prices(80);
        var recipe = Some.Quick with { Epochs = 3 };
        var start = TrainingLoop.Run(recipe, LearningTask.Regression, rows, null, 1, null, () => { }).Network;
        FittedNetwork[] models = [.. Enumerable.Range(0, 2).Select(k => TrainingLoop.Run(recipe with { Seed = k, Optimizer = new AdamW { LearningRate = 0.01 * (k + 1) } }, LearningTask.Regression, rows, null, 1, null, () => { }, start: start).Network)];
        var twin = TwinFit.Of(models, new TwinMerging { Density = 1, RouterEpochs = 1 }, start, [rows, rows], () => { });
        var (one, other) = (new float[1], new float[1]);
        for (var k = 0; k < 2; k++)
        {
            models[k].ScoreRow([0.5f, -0.25f], [2], one);
            twin.ScoreRow([0.5f, -0.25f], [2], k == 0 ? [1, 0] : [0, 1], other);
            Assert.AreEqual(one[0], other[0], 0.01); // of values around 1000
        }

        var shares = new float[2];
        twin.Route([0.5f, -0.25f], [2], shares);
        Assert.AreEqual(1, shares.Sum(), 1e-5);
    }
}
