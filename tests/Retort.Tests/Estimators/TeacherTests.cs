using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort.Tests;

/// <summary>What a network is told by its teachers, row by row and class by class.</summary>
[TestClass]
public sealed class TeacherTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public string Class { get; set; } = "";

        public bool Flag { get; set; }

        public float Value { get; set; }

        [VectorType(1)]
        public float[] Features { get; set; } = [0];

        [VectorType(2)]
        public float[] Pair { get; set; } = [];

        public float Single { get; set; }
    }

    private static Row[] Rows =>
    [
        new() { Class = "a", Value = 1, Pair = [0.75f, 0.25f], Single = 0.25f },
        new() { Class = "b", Value = 2, Pair = [0.5f, 0.5f], Single = 0.5f, Flag = true },
        new() { Class = "a", Value = 4, Pair = [0, 1], Single = 1 },
    ];

    private IDataView Keyed(params Row[] rows)
    {
        var view = _ml.Data.LoadFromEnumerable(rows);
        return _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(view).Transform(view);
    }

    private float[] Read(IDataView view, LearningTask task, string label, Teacher teacher)
    {
        using var channel = ((IHostEnvironment)_ml).Register("test").Start("test");
        var reader = new DatasetReader(new NetworkColumns(label, "Features", null, [], null), task, channel, () => { });
        using var data = reader.Read(view, teacher).Rows;
        return MemoryMarshal.Cast<byte, float>(data.Teacher!.bytes).ToArray();
    }

    [TestMethod]
    public void A_teacher_that_cannot_read_the_data_is_named()
    {
        var known = _ml.Data.LoadFromEnumerable(Rows);
        var teacher = _ml.Transforms.CopyColumns("Score", "Single").Fit(known);
        var data = _ml.Transforms.DropColumns("Single").Fit(known).Transform(known);
        var e = Assert.ThrowsExactly<ArgumentException>(() => Read(data, LearningTask.Regression, "Value", Teacher.Of(teacher)));
        Assert.AreEqual($"The teacher must be able to score the training data, but cannot: {First(Assert.Throws<Exception>(() => teacher.Transform(data)))}", e.Message);
        StringAssert.Contains(e.Message, "'Single'");

        static string First(Exception cause) => cause.Message.Split('\n')[0].Split(" (Parameter")[0];
    }

    private static void AreNear(float[] expected, float[] actual)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        foreach (var (e, a) in expected.Zip(actual))
            Assert.AreEqual(e, a, 1e-6);
    }

    [TestMethod]
    public void A_column_of_probabilities_is_taken_as_it_is() =>
        AreNear([0.75f, 0.25f, 0.5f, 0.5f, 0, 1], Read(Keyed(Rows), LearningTask.Multiclass, "Label", Teacher.Column("Pair")));

    [TestMethod]
    public void A_column_of_logits_is_made_probabilities()
    {
        var rows = Rows;
        rows[0].Pair = [MathF.Log(3), 0]; // 3 : 1
        rows[1].Pair = [-2, -2];
        rows[2].Pair = [0, MathF.Log(9)];
        AreNear([0.75f, 0.25f, 0.5f, 0.5f, 0.1f, 0.9f], Read(Keyed(rows), LearningTask.Multiclass, "Label", Teacher.Column("Pair")));
    }

    [TestMethod]
    public void Probabilities_can_be_read_as_logits_on_demand() =>
        AreNear([0.5f, 0.5f], [.. Read(Keyed(Rows), LearningTask.Multiclass, "Label", Teacher.Column("Pair", kind: ScoreKind.Logits))[2..4]]);

    [TestMethod]
    public void What_must_be_probabilities_is_checked()
    {
        var rows = Rows;
        rows[1].Pair = [0.5f, 0.6f];
        Toy.Throws<ArgumentException>(
            "Column 'Pair' of the teacher must hold probabilities (non-negative, sum 1 within 0.001), but the row that is kept as number 1 (counted from 0) does not.",
            () => Read(Keyed(rows), LearningTask.Multiclass, "Label", Teacher.Column("Pair", kind: ScoreKind.Probabilities)));
    }

    [TestMethod]
    public void Binary_columns_give_both_classes()
    {
        float[] expected = [0.75f, 0.25f, 0.5f, 0.5f, 0, 1];
        AreNear(expected, Read(Keyed(Rows), LearningTask.Binary, "Flag", Teacher.Column("Single")));
        AreNear(expected, Read(Keyed(Rows), LearningTask.Binary, "Flag", Teacher.Column("Pair")));
    }

    [TestMethod]
    public void Values_are_averaged_by_weight() => // (3 * Single + Value) / 4
        AreNear([(0.75f + 1) / 4, (1.5f + 2) / 4, (3f + 4) / 4], Read(Keyed(Rows), LearningTask.Regression, "Value", Teacher.Average(Teacher.Column("Single", 3), Teacher.Column("Value"))));

    [TestMethod]
    public void A_model_with_the_classes_in_another_order_teaches_the_right_ones()
    {
        var rows = Toy.Rows(60);
        var teacher = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Fit(Toy.View(_ml, Toy.Rows(60, "blue", "red", "green")));
        var view = Toy.Keyed(_ml, rows);
        var scores = teacher.Transform(view).GetColumn<float[]>("Score").ToArray(); // blue, red, green
        var taught = Read(view, LearningTask.Multiclass, "Label", Teacher.Of(teacher)); // red, green, blue
        for (var row = 0; row < rows.Count; row++)
            AreNear([scores[row][1], scores[row][2], scores[row][0]], taught[(3 * row)..(3 * row + 3)]);
    }

    [TestMethod]
    public void A_model_with_other_classes_is_refused()
    {
        var teacher = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Fit(Toy.View(_ml, Toy.Rows(60, "red", "green", "pink")));
        Toy.Throws<ArgumentException>(
            "The teacher must know the classes of the label, but only the label has blue and only the teacher has pink.",
            () => Read(Toy.Keyed(_ml, Toy.Rows(60)), LearningTask.Multiclass, "Label", Teacher.Of(teacher)));
    }

    [TestMethod]
    public void A_column_of_another_width_is_refused() =>
        Toy.Throws<ArgumentException>(
            "The teacher must have a score for each of the label's 3 classes, but has 2.",
            () => Read(Keyed([.. Rows, new Row { Class = "c", Pair = [1, 0] }]), LearningTask.Multiclass, "Label", Teacher.Column("Pair")));

    [TestMethod]
    public void A_model_for_another_task_is_refused()
    {
        var view = Toy.View(_ml, Toy.Rows(60));
        var teacher = _ml.Regression.Trainers.LbfgsPoissonRegression("Value").Fit(view);
        Toy.Throws<ArgumentException>(
            "The teacher must be a BinaryClassification model, but its column 'Score' is of kind Regression.",
            () => Read(view, LearningTask.Binary, "Flag", Teacher.Of(teacher)));
    }

    [TestMethod]
    public void A_binary_model_teaches_its_probability()
    {
        var view = Toy.View(_ml, Toy.Rows(60));
        var teacher = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(view);
        var expected = teacher.Transform(view).GetColumn<float>("Probability").SelectMany(p => new[] { 1 - p, p }).ToArray();
        AreNear(expected, Read(view, LearningTask.Binary, "Flag", Teacher.Of(teacher)));
    }

    [TestMethod]
    public void A_model_of_ours_can_teach()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(60));
        var teacher = Toy.Multiclass(_ml, keyed);
        AreNear([.. teacher.Transform(keyed).GetColumn<float[]>("Score").SelectMany(score => score)], Read(keyed, LearningTask.Multiclass, "Label", Teacher.Of(teacher)));
        _ml.MulticlassClassification.Trainers.Network(Toy.Quick, Teacher.Of(teacher)).Fit(keyed);
    }

    [TestMethod]
    public void Rows_without_a_label_are_left_out_of_the_teaching_too()
    {
        var rows = Rows;
        rows[1].Value = float.NaN;
        AreNear([0.25f, 1], Read(Keyed(rows), LearningTask.Regression, "Value", Teacher.Column("Single")));
    }

    private sealed class Filter(MLContext ml) : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IDataView Transform(IDataView input)
        {
            var scored = ml.Transforms.CopyColumns("Score", "Single").Fit(input).Transform(input);
            return ml.Data.FilterRowsByColumn(scored, "Single", 0.4);
        }

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException();
    }

    [TestMethod]
    public void A_model_that_drops_rows_is_refused() =>
        Toy.Throws<ArgumentException>(
            "The teacher must keep every row of the data in order, but parts from it at row 0 (counted from 0).",
            () => Read(Keyed(Rows), LearningTask.Regression, "Value", Teacher.Of(new Filter(_ml))));

    [TestMethod]
    public void Scores_that_are_not_finite_are_refused()
    {
        var rows = Rows;
        rows[2].Single = float.NaN;
        Toy.Throws<ArgumentException>(
            "Column 'Single' must hold finite numbers, but 1 row has NaN or infinity, the first is row 2 (counted from 0).",
            () => Read(Keyed(rows), LearningTask.Regression, "Value", Teacher.Column("Single")));
    }

    [TestMethod]
    public void The_log_says_how_scores_are_read()
    {
        var log = Toy.Log(_ml);
        Read(Keyed(Rows), LearningTask.Multiclass, "Label", Teacher.Column("Pair"));
        CollectionAssert.Contains(log, "Info: The teacher's column 'Pair' is read as probabilities.");
        CollectionAssert.Contains(log, "Warning: The classes of the teacher's column 'Pair' have no names; they are taken in the order of the label's.");
    }

    [TestMethod]
    public void Weights_must_be_positive()
    {
        Assert.AreEqual("weight must be positive, but is 0. (Parameter 'weight')", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Teacher.Column("Pair", 0)).Message);
        Assert.AreEqual("teachers must hold at least one teacher, but is empty. (Parameter 'teachers')", Assert.ThrowsExactly<ArgumentException>(() => Teacher.Average()).Message);
    }
}
