using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Which columns go in and come out of ML.NET's OnnxTransformer, by type and dimensions.</summary>
[TestClass]
public sealed class OnnxColumnTests
{
    private sealed class Typed
    {
        public float Single { get; set; } = 1.5f;

        public double Double { get; set; } = 2.5;

        public long Int64 { get; set; } = -3;

        public int Int32 { get; set; } = 4;

        public string Text { get; set; } = "fünf";

        public bool Bool { get; set; } = true;

        [VectorType(2)]
        public string[] Texts { get; set; } = ["a", "ß"];

        [VectorType(2)]
        public bool[] Bools { get; set; } = [false, true];

        [VectorType(6)]
        public float[] Six { get; set; } = [1, 2, 3, 4, 5, 6];

        [VectorType(2)]
        public float[] Pair { get; set; } = [1, 3];

        public float[] Any { get; set; } = [1, 2];
    }

    private static byte[] Identity(string name, int element, object[] input, object[] output, string outputName = "y") =>
        OnnxBytes.Model([OnnxBytes.Node("Identity", [name], [outputName])], [OnnxBytes.Value(name, element, input)], [OnnxBytes.Value(outputName, element, output)]);

    private static IDataView Through(Scratch folder, byte[] model)
    {
        var ml = folder.Context();
        var data = ml.Data.LoadFromEnumerable([new Typed(), new Typed()]);
        return ml.Transforms.ApplyOnnxModel(new MemoryStream(model)).Fit(data).Transform(data);
    }

    private static void Same<T>(string name, int element, params T[] expected)
    {
        using var folder = new Scratch();
        var view = Through(folder, Identity(name, element, ["rows", expected.Length], ["rows", expected.Length]));
        foreach (var row in view.GetColumn<T[]>("y"))
            CollectionAssert.AreEqual(expected, row);
    }

    [TestMethod]
    public void Numbers_texts_and_truths_go_through()
    {
        Same("Single", OnnxBytes.Float, 1.5f);
        Same("Double", OnnxBytes.Double, 2.5);
        Same("Int64", OnnxBytes.Int64, -3L);
        Same("Int32", OnnxBytes.Int32, 4);
        Same("Text", OnnxBytes.Text, "fünf");
        Same("Bool", OnnxBytes.Bool, true);
        Same("Texts", OnnxBytes.Text, "a", "ß");
        Same("Bools", OnnxBytes.Bool, false, true);
        Same("Six", OnnxBytes.Float, 1f, 2f, 3f, 4f, 5f, 6f);
    }

    [TestMethod]
    public void An_output_without_dimensions_is_one_value_that_cannot_be_read()
    {
        using var folder = new Scratch();
        var sum = OnnxBytes.Model(
            [OnnxBytes.Node("ReduceSum", ["Six"], ["y"], OnnxBytes.Attribute("keepdims", 0L))],
            [OnnxBytes.Value("Six", OnnxBytes.Float, "rows", 6)],
            [OnnxBytes.Value("y", OnnxBytes.Float)]);
        var view = Through(folder, sum);
        Assert.AreEqual(NumberDataViewType.Single, view.Schema["y"].Type);
        Assert.Throws<Exception>(() => view.GetColumn<float>("y").First());
    }

    [TestMethod]
    public void The_suffix_output_is_taken_off_the_name()
    {
        using var folder = new Scratch();
        var view = Through(folder, Identity("Six", OnnxBytes.Float, ["rows", 6], ["rows", 6], "Score.output"));
        Assert.IsNull(view.Schema.GetColumnOrNull("Score.output"));
        CollectionAssert.AreEqual(new[] { 1f, 2, 3, 4, 5, 6 }, view.GetColumn<float[]>("Score").First());
    }

    [TestMethod]
    public void A_free_dimension_behind_the_first_is_refused()
    {
        using var folder = new Scratch();
        var shape = OnnxBytes.Model(
            [OnnxBytes.Node("Shape", ["Six"], ["s"])],
            [OnnxBytes.Value("Six", OnnxBytes.Float, "rows", 2, "width")],
            [OnnxBytes.Value("s", OnnxBytes.Int64, 3)]);
        Assert.Throws<Exception>(() => Through(folder, shape).GetColumn<long[]>("s").First());
    }

    [TestMethod]
    public void Names_of_slots_come_from_a_label_encoder()
    {
        using var folder = new Scratch();
        var model = OnnxBytes.Model(
            [
                OnnxBytes.Node("Identity", ["Texts"], ["y"]),
                OnnxBytes.MlNode("mlnet.y.SlotNames", "LabelEncoder", ["Texts"], ["unused"], OnnxBytes.Attribute("keys_strings", "first", "second"), OnnxBytes.Attribute("values_int64s", 0L, 1L)),
            ],
            [OnnxBytes.Value("Texts", OnnxBytes.Text, "rows", 2)],
            [OnnxBytes.Value("y", OnnxBytes.Text, "rows", 2)]);
        VBuffer<ReadOnlyMemory<char>> names = default;
        Through(folder, model).Schema["y"].GetSlotNames(ref names);
        CollectionAssert.AreEqual(new[] { "first", "second" }, names.DenseValues().Select(n => n.ToString()).ToArray());
    }

    [TestMethod]
    public void Probabilities_by_class_name_are_a_sequence_of_maps()
    {
        using var folder = new Scratch();
        var model = OnnxBytes.Model(
            [
                OnnxBytes.Node("Softmax", ["Pair"], ["p"]),
                OnnxBytes.MlNode("zip", "ZipMap", ["p"], ["probabilities"], OnnxBytes.Attribute("classlabels_strings", "no", "yes")),
            ],
            [OnnxBytes.Value("Pair", OnnxBytes.Float, "rows", 2)],
            [OnnxBytes.Value("p", OnnxBytes.Float, "rows", 2), OnnxBytes.SequenceOfMaps("probabilities")]);
        var view = Through(folder, model);
        var maps = view.GetColumn<IEnumerable<IDictionary<string, float>>>("probabilities").ToArray();

        Assert.AreEqual(2, maps.Length);
        var p = view.GetColumn<float[]>("p").First();
        Assert.AreEqual(1 / (1 + Math.Exp(-2)), p[1], 1e-6);
        var only = maps[1].Single();
        Assert.AreEqual(p[0], only["no"]);
        Assert.AreEqual(p[1], only["yes"]);
    }

    [TestMethod]
    public void Columns_that_do_not_fit_are_refused()
    {
        using var folder = new Scratch();
        Assert.Throws<ArgumentOutOfRangeException>(() => Through(folder, Identity("Missing", OnnxBytes.Float, ["rows", 6], ["rows", 6])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Through(folder, Identity("Double", OnnxBytes.Float, ["rows", 1], ["rows", 1])));
        Assert.Throws<Exception>(() => Through(folder, Identity("Any", OnnxBytes.Float, ["rows", 2], ["rows", 2])).GetColumn<float[]>("y").ToArray());
        Assert.Throws<Exception>(() => Through(folder, Identity("Six", OnnxBytes.Float, ["rows", 5], ["rows", 5])).GetColumn<float[]>("y").ToArray());
        Assert.Throws<Exception>(() => Through(folder, Identity("Six", OnnxBytes.Float, ["rows", "a", "b"], ["rows", "a", "b"])).GetColumn<float[]>("y").ToArray());
    }

    [TestMethod]
    public void A_given_shape_settles_what_the_file_leaves_free()
    {
        using var folder = new Scratch();
        var ml = folder.Context();
        var data = ml.Data.LoadFromEnumerable([new Typed()]);
        var file = folder.Write("free.onnx", Identity("Six", OnnxBytes.Float, ["rows", "a", "b"], ["rows", "a", "b"]));
        var shapes = new Dictionary<string, int[]> { ["Six"] = [1, 3, 2], ["y"] = [1, 3, 2] };
        var view = ml.Transforms.ApplyOnnxModel(file, shapes).Fit(data).Transform(data);

        Assert.AreEqual(6, ((VectorDataViewType)view.Schema["y"].Type).Size);
        CollectionAssert.AreEqual(new[] { 1f, 2, 3, 4, 5, 6 }, view.GetColumn<float[]>("y").First());
        Assert.Throws<Exception>(() => ml.Transforms.ApplyOnnxModel(file, new Dictionary<string, int[]> { ["Six"] = [6] }));
    }

    [TestMethod]
    public void A_file_that_is_no_model_is_refused()
    {
        using var folder = new Scratch();
        Assert.Throws<InvalidOperationException>(() => folder.Context().Transforms.ApplyOnnxModel(folder.Write("no.onnx", [1, 2, 3, 4])));
        Assert.Throws<Exception>(() => folder.Context().Transforms.ApplyOnnxModel("nowhere.onnx"));
    }
}
