using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

namespace Retort.Tests;

/// <summary>What ML.NET's OnnxTransformer does with a file, quirks included, since saved pipelines rely on it.</summary>
[TestClass]
public sealed class OnnxTransformerTests
{
    private sealed class Row
    {
        [VectorType(2)]
        public float[] x { get; set; } = [];

        public string Name { get; set; } = "";
    }

    private sealed class Scored
    {
        public float[] y { get; set; } = [];
    }

    // y = x W^T + b
    private static readonly byte[] Linear = OnnxBytes.Model(
        [OnnxBytes.Node("Gemm", ["x", "w", "b"], ["y"], OnnxBytes.Attribute("transB", 1L))],
        [OnnxBytes.Value("x", OnnxBytes.Float, "rows", 2)],
        [OnnxBytes.Value("y", OnnxBytes.Float, "rows", 3)],
        OnnxBytes.Tensor("w", [3, 2], 1, 2, 3, 4, 5, 6),
        OnnxBytes.Tensor("b", [3], 0.5f, 0, -1));

    private static IDataView Rows(MLContext ml) =>
        ml.Data.LoadFromEnumerable([new Row { x = [1, 1], Name = "a" }, new Row { x = [0, -1], Name = "b" }, new Row { x = [0, 0], Name = "c" }]);

    private static OnnxScoringEstimator Over(MLContext ml, byte[] model) => ml.Transforms.ApplyOnnxModel(new MemoryStream(model));

    [TestMethod]
    public void Outputs_become_columns_beside_the_input()
    {
        using var folder = new Scratch();
        var ml = folder.Context();
        var scored = Over(ml, Linear).Fit(Rows(ml)).Transform(Rows(ml));

        CollectionAssert.AreEqual(new[] { "x", "Name", "y" }, scored.Schema.Select(c => c.Name).ToArray());
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 1, 3), scored.Schema["y"].Type);
        var rows = scored.GetColumn<float[]>("y").ToArray();
        CollectionAssert.AreEqual(new[] { 3.5f, 7, 10 }, rows[0]);
        CollectionAssert.AreEqual(new[] { -1.5f, -4, -7 }, rows[1]);
        CollectionAssert.AreEqual(new[] { 0.5f, 0, -1 }, rows[2]);
        CollectionAssert.AreEqual(new[] { "a", "b", "c" }, scored.GetColumn<string>("Name").ToArray());
    }

    [TestMethod]
    public void A_chain_with_a_model_is_saved_and_loaded_without_the_file()
    {
        using var folder = new Scratch();
        var ml = folder.Context();
        var file = folder.Write("linear.onnx", Linear);
        var pipeline = ml.Transforms.CopyColumns("copy", "x").Append(ml.Transforms.ApplyOnnxModel("y", "x", file)).Append(ml.Transforms.Concatenate("z", "y", "copy"));
        var model = pipeline.Fit(Rows(ml));
        using var zip = new MemoryStream();
        ml.Model.Save(model, Rows(ml).Schema, zip);
        model.Dispose();
        File.Delete(file);

        var loaded = folder.Context().Model.Load(zip, out var schema);
        Assert.AreEqual(2, schema.Count);
        CollectionAssert.AreEqual(new[] { 3.5f, 7, 10, 1, 1 }, loaded.Transform(Rows(ml)).GetColumn<float[]>("z").First());

        // what was loaded can be saved again, and its file goes with it
        using var again = new MemoryStream();
        ml.Model.Save(loaded, schema, again);
        Assert.AreEqual(1, folder.Files);
        ((IDisposable)loaded).Dispose();
        Assert.AreEqual(0, folder.Files);
        CollectionAssert.AreEqual(new[] { -1.5f, -4, -7, 0, -1 }, folder.Context().Model.Load(again, out _).Transform(Rows(ml)).GetColumn<float[]>("z").ElementAt(1));
    }

    [TestMethod]
    public void Saving_reads_the_file_again() // so a file that is gone is missed only then
    {
        using var folder = new Scratch();
        var ml = folder.Context();
        var file = folder.Write("linear.onnx", Linear);
        var model = ml.Transforms.ApplyOnnxModel(file).Fit(Rows(ml));
        File.Delete(file);

        Assert.AreEqual(3, model.Transform(Rows(ml)).GetColumn<float[]>("y").Count());
        Assert.ThrowsExactly<FileNotFoundException>(() => ml.Model.Save(model, Rows(ml).Schema, new MemoryStream()));
    }

    [TestMethod]
    public void A_model_from_a_stream_leaves_a_file_in_the_temporary_folder()
    {
        using var folder = new Scratch();
        var ml = folder.Context();
        Over(ml, Linear).Fit(Rows(ml)).Dispose();
        Assert.AreEqual(1, folder.Files);
    }

    [TestMethod]
    public void A_prediction_engine_scores_one_object_at_a_time_and_disposes_the_model()
    {
        using var folder = new Scratch();
        var ml = folder.Context();
        var model = Over(ml, Linear).Fit(Rows(ml));
        using (var engine = ml.Model.CreatePredictionEngine<Row, Scored>(model))
        {
            CollectionAssert.AreEqual(new[] { 3.5f, 7, 10 }, engine.Predict(new Row { x = [1, 1] }).y);
            CollectionAssert.AreEqual(new[] { 0.5f, 0, -1 }, engine.Predict(new Row { x = [0, 0] }).y);
        }

        Assert.Throws<Exception>(() => model.Transform(Rows(ml)).GetColumn<float[]>("y").ToArray());
    }

    [TestMethod]
    public void Every_run_sees_one_row()
    {
        using var folder = new Scratch();
        var ml = folder.Context();
        var shape = OnnxBytes.Model([OnnxBytes.Node("Shape", ["x"], ["s"])], [OnnxBytes.Value("x", OnnxBytes.Float, "rows", 2)], [OnnxBytes.Value("s", OnnxBytes.Int64, 2)]);
        foreach (var row in Over(ml, shape).Fit(Rows(ml)).Transform(Rows(ml)).GetColumn<long[]>("s"))
            CollectionAssert.AreEqual(new[] { 1L, 2 }, row);
    }

    [TestMethod]
    public void A_trainer_takes_an_output_as_its_features()
    {
        using var folder = new Scratch();
        var ml = folder.Context();
        var pipeline = Over(ml, Linear)
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", "Name"))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(featureColumnName: "y"));
        Assert.IsTrue(pipeline.GetOutputSchema(Interop.Shape(Rows(ml).Schema)).Any(c => c.Name == "PredictedLabel"));
        Assert.AreEqual(3, pipeline.Fit(Rows(ml)).Transform(Rows(ml)).GetColumn<float[]>("Score").First().Length);
    }
}
