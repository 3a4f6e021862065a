using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort.Tests;

/// <summary>Rows that have no label, and learn from the teacher alone.</summary>
[TestClass]
public sealed class UnlabelledRowsTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public string? Class { get; set; }

        public float Value { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [0, 0];

        [VectorType(2)]
        public float[] Pair { get; set; } = [1, 0];

        public float Weight { get; set; } = 1;

        public string Group { get; set; } = "";
    }

    /// <summary>Rows without labels, weights and groups.</summary>
    private sealed class Bare
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [0, 0];

        [VectorType(2)]
        public float[] Pair { get; set; } = [1, 0];
    }

    private static Row[] Rows =>
    [
        new() { Class = "a", Features = [1, 1], Pair = [0.75f, 0.25f], Value = 1, Group = "x", Weight = 2 },
        new() { Class = null, Features = [2, 2], Pair = [0.5f, 0.5f], Value = float.NaN, Group = "y", Weight = 3 },
        new() { Class = "b", Features = [3, 3], Pair = [0, 1], Value = 4, Group = "x", Weight = 4 },
    ];

    private static Bare[] More => [new() { Features = [4, 4], Pair = [0.25f, 0.75f] }, new() { Features = [5, 5], Pair = [1, 0] }];

    private IDataView Keyed(params Row[] rows)
    {
        var view = _ml.Data.LoadFromEnumerable(rows);
        return _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(view).Transform(view);
    }

    private Dataset Read(IDataView view, LearningTask task, NetworkColumns columns, Teacher? teacher, TeacherReading reading)
    {
        using var channel = ((IHostEnvironment)_ml).Register("test").Start("test");
        return new DatasetReader(columns, task, channel, () => { }).Read(view, teacher, null, reading).Rows;
    }

    private static NetworkColumns Columns(string label, string? weight = null, string? group = null) => new(label, "Features", weight, [], group);

    private static TeacherReading Kept => new() { KeepsUnlabeled = true };

    private static float[] Floats(Tensor? tensor) => Memory.Of<float>(tensor!).ToArray();

    private static long[] Longs(Tensor? tensor) => Memory.Of<long>(tensor!).ToArray();

    private static bool[] Flags(Tensor? tensor) => [.. Memory.Of<byte>(tensor!.to_type(ScalarType.Byte)).ToArray().Select(flag => flag == 1)];

    [TestMethod]
    public void They_are_kept_where_a_teacher_knows_them()
    {
        var log = Toy.Log(_ml);
        using var data = Read(Keyed(Rows), LearningTask.Multiclass, Columns("Label"), Teacher.Column("Pair"), Kept);
        CollectionAssert.AreEqual(new long[] { 0, -1, 1 }, Longs(data.Labels));
        CollectionAssert.AreEqual(new[] { true, false, true }, Flags(data.Labeled));
        CollectionAssert.AreEqual(new[] { 1f, 1, 2, 2, 3, 3 }, Floats(data.Features));
        CollectionAssert.AreEqual(new[] { 0.75f, 0.25f, 0.5f, 0.5f, 0, 1 }, Floats(data.Teacher));
        CollectionAssert.Contains(log, "Info: The data has 1 of 3 rows without a label in column 'Label'; they learn from the teacher alone.");
    }

    [TestMethod]
    public void In_regression_they_are_nan()
    {
        using var data = Read(Keyed(Rows), LearningTask.Regression, Columns("Value"), Teacher.Column("Weight"), Kept);
        CollectionAssert.AreEqual(new[] { 1f, float.NaN, 4 }, Floats(data.Labels));
        CollectionAssert.AreEqual(new[] { true, false, true }, Flags(data.Labeled));
        CollectionAssert.AreEqual(new[] { 2f, 3, 4 }, Floats(data.Teacher));
    }

    [TestMethod]
    public void They_are_left_out_where_nobody_asks()
    {
        using var data = Read(Keyed(Rows), LearningTask.Multiclass, Columns("Label"), Teacher.Column("Pair"), TeacherReading.Plain);
        CollectionAssert.AreEqual(new long[] { 0, 1 }, Longs(data.Labels));
        Assert.IsNull(data.Labeled);
    }

    [TestMethod]
    public void Where_all_rows_have_labels_nothing_is_said_of_them()
    {
        using var data = Read(Keyed(Rows[0], Rows[2]), LearningTask.Multiclass, Columns("Label"), Teacher.Column("Pair"), Kept);
        Assert.IsNull(data.Labeled);
    }

    [TestMethod]
    public void A_second_view_adds_rows_with_weight_one_and_groups_of_their_own()
    {
        var log = Toy.Log(_ml);
        var reading = Kept with { Unlabeled = _ml.Data.LoadFromEnumerable(More) };
        using var data = Read(Keyed(Rows), LearningTask.Multiclass, Columns("Label", "Weight", "Group"), Teacher.Column("Pair"), reading);
        CollectionAssert.AreEqual(new long[] { 0, -1, 1, -1, -1 }, Longs(data.Labels));
        CollectionAssert.AreEqual(new[] { true, false, true, false, false }, Flags(data.Labeled));
        CollectionAssert.AreEqual(new[] { 1f, 1, 2, 2, 3, 3, 4, 4, 5, 5 }, Floats(data.Features));
        CollectionAssert.AreEqual(new[] { 0.75f, 0.25f, 0.5f, 0.5f, 0, 1, 0.25f, 0.75f, 1, 0 }, Floats(data.Teacher));
        CollectionAssert.AreEqual(new[] { 2f, 3, 4, 1, 1 }, Floats(data.Weights));
        CollectionAssert.AreEqual(new long[] { 0, 1, 0, 2, 3 }, Longs(data.Groups));
        CollectionAssert.Contains(log, "Info: The unlabelled data has 2 rows; they learn from the teacher alone.");
        CollectionAssert.Contains(log, "Info: The data has 1 of 3 rows without a label in column 'Label'; they learn from the teacher alone.");
    }

    [TestMethod]
    public void A_second_view_may_have_weights_groups_and_a_label_that_is_not_read()
    {
        var reading = TeacherReading.Plain with { Unlabeled = Keyed(Rows[0], Rows[2]) };
        using var data = Read(Keyed(Rows), LearningTask.Multiclass, Columns("Label", "Weight", "Group"), Teacher.Column("Pair"), reading);
        CollectionAssert.AreEqual(new long[] { 0, 1, -1, -1 }, Longs(data.Labels));
        CollectionAssert.AreEqual(new[] { 2f, 4, 2, 4 }, Floats(data.Weights));
        CollectionAssert.AreEqual(new long[] { 0, 0, 0, 0 }, Longs(data.Groups));
    }

    [TestMethod]
    public void A_second_view_serves_binary_labels()
    {
        var rows = Toy.Rows(20);
        var reading = TeacherReading.Plain with { Unlabeled = Toy.View(_ml, rows.Take(5)) };
        var view = Toy.View(_ml, rows);
        var teacher = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(view);
        using var data = Read(view, LearningTask.Binary, Columns("Flag"), Teacher.Of(teacher), reading);
        Assert.AreEqual(25, data.Rows);
        Assert.AreEqual(5, Longs(data.Labels).Count(label => label == -1));
        var taught = Floats(data.Teacher);
        CollectionAssert.AreEqual(taught[..10], taught[40..]);
    }

    [TestMethod]
    public void A_second_view_of_another_width_is_refused() =>
        Toy.Throws<ArgumentException>(
            "Column 'Features' of the unlabelled data must have 2 values as in the training data, but has 4.",
            () => Read(Keyed(Rows), LearningTask.Multiclass, Columns("Label"), Teacher.Column("Pair"), Kept with { Unlabeled = Toy.View(_ml, Toy.Rows(3)) }));

    [TestMethod]
    public void Numbers_that_are_not_finite_are_found_in_a_second_view_too()
    {
        var more = More;
        more[1].Features = [1, float.NaN];
        Toy.Throws<ArgumentException>(
            "Column 'Features' of the unlabelled data must hold finite numbers, but 1 row has NaN or infinity, the first is row 1 (counted from 0).",
            () => Read(Keyed(Rows), LearningTask.Multiclass, Columns("Label"), Teacher.Column("Pair"), Kept with { Unlabeled = _ml.Data.LoadFromEnumerable(more) }));
        more = More;
        more[0].Pair = [1, float.PositiveInfinity];
        Toy.Throws<ArgumentException>(
            "Column 'Pair' of the unlabelled data must hold finite numbers, but 1 row has NaN or infinity, the first is row 0 (counted from 0).",
            () => Read(Keyed(Rows), LearningTask.Multiclass, Columns("Label"), Teacher.Column("Pair"), Kept with { Unlabeled = _ml.Data.LoadFromEnumerable(more) }));
    }

    [TestMethod]
    public void Without_any_label_nothing_is_learned() =>
        Toy.Throws<ArgumentException>(
            "The data must have rows with a label, but column 'Value' is missing in all 1.",
            () => Read(Keyed(Rows[1]), LearningTask.Regression, Columns("Value"), Teacher.Column("Weight"), Kept));

    [TestMethod]
    public void One_class_beside_missing_labels_is_one_class() =>
        Toy.Throws<ArgumentException>(
            "Column 'Label' must have at least two classes, but all 1 rows with a label are 'a'.",
            () => Read(Keyed(Rows[0], Rows[1]), LearningTask.Multiclass, Columns("Label"), null, Kept));

    [TestMethod]
    public void Without_a_teacher_they_are_refused() =>
        Toy.Throws<ArgumentException>(
            "Unlabelled rows must have a teacher to learn from, but none is given.",
            () => _ml.MulticlassClassification.Trainers.Network(unlabeled: _ml.Data.LoadFromEnumerable(More)));
}
