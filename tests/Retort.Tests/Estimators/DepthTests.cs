using Microsoft.ML;

namespace Retort.Tests;

/// <summary>Fitted networks of elastic depth at other depths.</summary>
[TestClass]
public sealed class DepthTests
{
    private static readonly Recipe Recipe = Toy.Quick with { Network = new ElasticResNet { Blocks = 8, Width = 16 } };

    private static float[][] Scores(MLContext ml, ITransformer model, IDataView rows) => [.. ml.Data.CreateEnumerable<Scored>(model.Transform(rows), false).Select(row => row.Score)];

    private sealed class Scored
    {
        public float[] Score { get; set; } = [];
    }

    [TestMethod]
    public void One_run_gives_networks_of_several_depths_that_save_and_load()
    {
        var ml = new MLContext(seed: 1);
        var rows = Toy.Keyed(ml, Toy.Rows(90));
        var model = ml.MulticlassClassification.Trainers.Network(Recipe).Fit(rows);
        var before = Scores(ml, model, rows);
        foreach (var blocks in new[] { 1, 4, 8 })
        {
            var other = (MulticlassNetworkTransformer)ml.Model.AtDepth(model, blocks);
            Assert.AreEqual(blocks, ((ElasticResNet)other.Model.Recipe.Network).Blocks);
            Assert.AreEqual(model.Model.Parameters, other.Model.Parameters);
            var scores = Scores(ml, other, rows);
            Assert.AreEqual(blocks == 8, scores[0].AsSpan().SequenceEqual(before[0]));
            using var file = new MemoryStream();
            ml.Model.Save(other, rows.Schema, file);
            file.Position = 0;
            CollectionAssert.AreEqual(scores[5], Scores(ml, new MLContext().Model.Load(file, out _), rows)[5]);
        }

        CollectionAssert.AreEqual(before[3], Scores(ml, model, rows)[3]);
    }

    [TestMethod]
    public void A_chain_keeps_its_other_parts()
    {
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(Toy.Rows(90));
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(ml.MulticlassClassification.Trainers.Network(Recipe)).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(rows);
        var other = ml.Model.AtDepth(model, 4);
        Assert.AreEqual(3, ((IEnumerable<ITransformer>)other).Count());
        CollectionAssert.AreEqual(Scores(ml, ml.Model.AtDepth(((IEnumerable<ITransformer>)model).ElementAt(1), 4), model.Transform(rows))[2], Scores(ml, other, rows)[2]);
    }

    [TestMethod]
    public void What_has_no_depth_to_change_is_refused()
    {
        var ml = new MLContext(seed: 1);
        var rows = Toy.Keyed(ml, Toy.Rows(90));
        var (plain, elastic) = (ml.MulticlassClassification.Trainers.Network(Toy.Quick).Fit(rows), ml.MulticlassClassification.Trainers.Network(Recipe with { Epochs = 1 }).Fit(rows));
        Assert.AreEqual("model must hold one network trained with 'tleg', but holds no network of that kind.", Assert.ThrowsExactly<ArgumentException>(() => ml.Model.AtDepth(plain, 4)).Message);
        Assert.AreEqual("model must hold one network trained with 'tleg', but holds no network of that kind.", Assert.ThrowsExactly<ArgumentException>(() => ml.Model.AtDepth(plain.Append(plain), 4)).Message);
        Assert.AreEqual("model must hold one network trained with 'tleg', but holds 2 of that kind.", Assert.ThrowsExactly<ArgumentException>(() => ml.Model.AtDepth(elastic.Append(elastic), 4)).Message);
        Assert.AreEqual("Blocks must lie in [1, 64], but is 0.", Assert.ThrowsExactly<ArgumentException>(() => ml.Model.AtDepth(elastic, 0)).Message);
    }
}
