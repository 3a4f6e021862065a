using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort.Tests;

/// <summary>Teachers that are networks of ours are handed over with what they read of the rows.</summary>
[TestClass]
public sealed class TeacherNetworkTests
{
    private readonly MLContext _ml = new(seed: 1);

    private Dataset Read(IDataView view, Teacher teacher, IDataView? unlabeled = null, string[]? categories = null, LearningTask task = LearningTask.Multiclass, string label = "Label")
    {
        using var channel = ((IHostEnvironment)_ml).Register("test").Start("test");
        var columns = new NetworkColumns(label, "Features", null, categories ?? [], null);
        return new DatasetReader(columns, task, channel, () => { }).Read(view, teacher, null, new() { Networks = true, KeepsUnlabeled = true, Unlabeled = unlabeled }).Rows;
    }

    /// <summary>The largest difference between what is read and what the network says of what it reads.</summary>
    private static double Gap(Dataset data, int teacher = 0)
    {
        using var scope = NewDisposeScope();
        var network = data.Networks[teacher];
        var scores = network.Network.Forward(network.Features, network.Categories).softmax(1);
        if (network.ClassOf is { } classOf)
            scores = scores.index_select(1, tensor(Enumerable.Range(0, classOf.Length).Select(c => (long)Array.IndexOf(classOf, c)).ToArray()));
        return (scores - data.Teacher!).abs().max().ToDouble();
    }

    private static float[] Floats(Tensor tensor) => Memory.Of<float>(tensor).ToArray();

    [TestMethod]
    public void A_network_that_reads_the_same_is_handed_over_without_a_copy()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var teacher = Toy.Multiclass(_ml, keyed);
        using var data = Read(keyed, Teacher.Of(teacher, 2));
        var network = data.Networks.Single();
        Assert.AreSame(teacher.Fitted, network.Network);
        Assert.AreEqual(2, network.Weight);
        Assert.IsTrue(network.SeesSameFeatures);
        Assert.IsNull(network.ClassOf);
        Assert.IsTrue(System.Runtime.CompilerServices.Unsafe.AreSame(ref Memory.Of<float>(data.Features)[0], ref Memory.Of<float>(network.Features)[0]));
        Assert.AreEqual(0, Gap(data), 1e-5);
    }

    [TestMethod]
    public void A_pipeline_that_ends_in_a_network_is_one_too()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var teacher = _ml.Transforms.CopyColumns("Raw", "Features").Append(_ml.Transforms.NormalizeMinMax("Features"))
            .Append(_ml.MulticlassClassification.Trainers.Network(Toy.Quick)).Append(_ml.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabel")).Fit(keyed);
        using var data = Read(keyed, Teacher.Of(teacher));
        Assert.IsFalse(data.Networks.Single().SeesSameFeatures);
        Assert.IsTrue(Floats(data.Networks[0].Features).Max() <= 1.0001f && Floats(data.Features).Max() > 1.5f);
        Assert.AreEqual(0, Gap(data), 1e-5);

        var nested = new TransformerChain<ITransformer>(teacher, _ml.Transforms.CopyColumns("Other", "Score").Fit(teacher.Transform(keyed)));
        using var again = Read(keyed, Teacher.Of(nested));
        CollectionAssert.AreEqual(Floats(data.Networks[0].Features), Floats(again.Networks.Single().Features));
    }

    [TestMethod]
    public void A_loaded_pipeline_is_one_too()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var teacher = _ml.Transforms.NormalizeMinMax("Features").Append(_ml.MulticlassClassification.Trainers.Network(Toy.Quick)).Fit(keyed);
        using var file = new MemoryStream();
        _ml.Model.Save(teacher, keyed.Schema, file);
        file.Position = 0;
        using var data = Read(keyed, Teacher.Of(new MLContext().Model.Load(file, out _)));
        Assert.AreEqual(0, Gap(data), 1e-5);
    }

    [TestMethod]
    public void Features_that_part_in_the_middle_are_kept_from_the_start()
    {
        var rows = Toy.Rows(60);
        var keyed = Toy.Keyed(_ml, rows);
        var network = Toy.Multiclass(_ml, keyed);
        var shift = _ml.Transforms.CustomMapping<Toy.Row, Shifted>((from, to) => to.Features = from.Number < 30 ? from.Features : [.. from.Features.Select(value => value + 1)], null).Fit(keyed);
        using var data = Read(keyed, Teacher.Of(new TransformerChain<ITransformer>(shift, network)));
        Assert.IsFalse(data.Networks.Single().SeesSameFeatures);
        CollectionAssert.AreEqual(Floats(data.Features)[..120], Floats(data.Networks[0].Features)[..120]);
        CollectionAssert.AreEqual(Floats(data.Features)[120..].Select(value => value + 1).ToArray(), Floats(data.Networks[0].Features)[120..]);
        Assert.AreEqual(0, Gap(data), 1e-5);
    }

    private sealed class Shifted
    {
        [VectorType(Toy.Features)]
        public float[] Features { get; set; } = [];
    }

    [TestMethod]
    public void Classes_in_another_order_are_mapped()
    {
        var teacher = Toy.Multiclass(_ml, Toy.Keyed(_ml, Toy.Rows(60, "blue", "red", "green")));
        using var data = Read(Toy.Keyed(_ml, Toy.Rows(60)), Teacher.Of(teacher)); // red, green, blue
        CollectionAssert.AreEqual(new[] { 2, 0, 1 }, data.Networks.Single().ClassOf);
        Assert.AreEqual(0, Gap(data), 1e-5);
    }

    [TestMethod]
    public void Categories_are_compared_too()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var colored = _ml.Transforms.Conversion.MapValueToKey("Tone", "Color").Fit(keyed).Transform(keyed);
        var teacher = _ml.MulticlassClassification.Trainers.Network(Toy.Quick, categoryColumnNames: ["Tone"]).Fit(colored);
        using var same = Read(colored, Teacher.Of(teacher), categories: ["Tone"]);
        Assert.IsTrue(same.Networks.Single().SeesSameFeatures);
        Assert.AreEqual(0, Gap(same), 1e-5);
        using var other = Read(colored, Teacher.Of(teacher));
        Assert.IsFalse(other.Networks.Single().SeesSameFeatures);
        Assert.AreEqual(0, Gap(other), 1e-5);
    }

    [TestMethod]
    public void Rows_without_a_label_are_among_them()
    {
        var rows = Toy.Rows(60);
        var keyed = Toy.Keyed(_ml, rows);
        var teacher = _ml.Transforms.NormalizeMinMax("Features").Append(_ml.MulticlassClassification.Trainers.Network(Toy.Quick)).Fit(keyed);
        using var data = Read(keyed, Teacher.Of(teacher), unlabeled: Toy.View(_ml, rows.Take(7)));
        Assert.AreEqual(67, data.Networks.Single().Features.shape[0]);
        Assert.AreEqual(0, Gap(data), 1e-5);
    }

    [TestMethod]
    public void Rows_are_taken_by_their_labels()
    {
        var rows = Toy.Rows(60);
        rows[0].Value = rows[31].Value = float.NaN;
        var view = Toy.View(_ml, rows);
        var teacher = _ml.Transforms.NormalizeMinMax("Features").Append(_ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value")).Fit(view);
        using var channel = ((IHostEnvironment)_ml).Register("test").Start("test");
        using var data = new DatasetReader(new("Value", "Features", null, [], null), LearningTask.Regression, channel, () => { }).Read(view, Teacher.Of(teacher), null, new() { Networks = true }).Rows;
        Assert.AreEqual(58, data.Networks.Single().Features.shape[0]);
        using var scope = NewDisposeScope();
        Assert.AreEqual(0, (data.Networks[0].Network.Forward(data.Networks[0].Features, null) - data.Teacher!).abs().max().ToDouble(), 1e-4);
    }

    [TestMethod]
    public void Where_one_teacher_is_something_else_no_network_is_handed_over()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var (network, linear) = (Toy.Multiclass(_ml, keyed), _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(keyed));
        using var data = Read(keyed, Teacher.Average(Teacher.Of(network), Teacher.Of(linear)));
        Assert.AreEqual(0, data.Networks.Length);
        using var two = Read(keyed, Teacher.Average(Teacher.Of(network), Teacher.Of(network, 3)));
        CollectionAssert.AreEqual(new[] { 1.0, 3 }, two.Networks.Select(teacher => teacher.Weight).ToArray());
    }

    [TestMethod]
    public void A_network_that_cannot_read_the_data_says_so_as_others_do()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var other = _ml.Transforms.CopyColumns("Others", "Features").Fit(keyed).Transform(keyed);
        var teacher = _ml.MulticlassClassification.Trainers.Network(Toy.Quick, featureColumnName: "Others").Fit(other);
        StringAssert.StartsWith(
            Assert.ThrowsExactly<ArgumentException>(() => Read(keyed, Teacher.Of(teacher))).Message,
            "The teacher must be able to score the training data, but cannot: Column 'Others' was not found");
    }

    [TestMethod]
    public void A_calibrated_network_is_not_what_it_says_itself()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var network = Toy.Multiclass(_ml, keyed);
        var calibrator = _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(network.Transform(keyed));
        using var data = Read(keyed, Teacher.Of(new TransformerChain<ITransformer>(network, calibrator)));
        Assert.AreEqual(0, data.Networks.Length);
    }
}
