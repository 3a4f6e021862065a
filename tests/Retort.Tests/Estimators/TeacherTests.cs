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

    private float[] Read(IDataView view, LearningTask task, string label, Teacher teacher, TeacherReading? reading = null)
    {
        using var channel = ((IHostEnvironment)_ml).Register("test").Start("test");
        var reader = new DatasetReader(new NetworkColumns(label, "Features", null, [], null), task, channel, () => { });
        using var data = reader.Read(view, teacher, null, reading).Rows;
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
    [DataRow("red green", "only the label has blue"), DataRow("red green blue pink gray", "only the teacher has pink, gray")]
    public void Classes_that_only_one_side_has_are_named(string classes, string difference)
    {
        var teacher = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Fit(Toy.View(_ml, Toy.Rows(60, classes.Split(' '))));
        Toy.Throws<ArgumentException>(
            $"The teacher must know the classes of the label, but {difference}.",
            () => Read(Toy.Keyed(_ml, Toy.Rows(60)), LearningTask.Multiclass, "Label", Teacher.Of(teacher)));
    }

    [TestMethod]
    public void A_teacher_of_some_classes_gives_the_others_nothing_where_that_is_allowed()
    {
        var teacher = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Fit(Toy.View(_ml, Toy.Rows(60, "blue", "red")));
        var view = Toy.Keyed(_ml, Toy.Rows(60));
        var scores = teacher.Transform(view).GetColumn<float[]>("Score").ToArray(); // blue, red
        var taught = Read(view, LearningTask.Multiclass, "Label", Teacher.Of(teacher), new() { AllowsFewerClasses = true }); // red, green, blue
        for (var row = 0; row < scores.Length; row++)
            AreNear([scores[row][1], 0, scores[row][0]], taught[(3 * row)..(3 * row + 3)]);
        var more = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Fit(Toy.View(_ml, Toy.Rows(60, "blue", "pink")));
        Toy.Throws<ArgumentException>(
            "The teacher must know the classes of the label, but only the label has red, green and only the teacher has pink.",
            () => Read(view, LearningTask.Multiclass, "Label", Teacher.Of(more), new() { AllowsFewerClasses = true }));
    }

    [TestMethod]
    public void A_network_of_fewer_classes_teaches_one_that_learns_new_ones()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(120));
        var old = Toy.Multiclass(_ml, Toy.Keyed(_ml, Toy.Rows(60, "red", "green")));
        var fitted = _ml.MulticlassClassification.Trainers.Network(Toy.Quick with { Distillation = new WeightAligning() }, Teacher.Of(old)).Fit(keyed);
        Assert.IsTrue(_ml.MulticlassClassification.Evaluate(fitted.Transform(keyed)).MicroAccuracy > 0.9);
        Toy.Throws<ArgumentException>(
            "The teacher must know the classes of the label, but only the label has blue.",
            () => _ml.MulticlassClassification.Trainers.Network(Toy.Quick, Teacher.Of(old)).Fit(keyed));
    }

    [TestMethod]
    public void Another_output_of_a_model_can_teach()
    {
        var view = Keyed(Rows);
        var model = _ml.Transforms.CopyColumns("probabilities", "Pair").Append(_ml.Transforms.CopyColumns("value", "Single")).Append(_ml.Transforms.DropColumns("Pair", "Single")).Fit(view);
        AreNear([0.75f, 0.25f, 0.5f, 0.5f, 0, 1], Read(view, LearningTask.Multiclass, "Label", Teacher.Of(model, scoreColumnName: "probabilities")));
        AreNear([0.75f, 0.25f, 0.5f, 0.5f, 0, 1], Read(view, LearningTask.Binary, "Flag", Teacher.Of(model, scoreColumnName: "value")));
        AreNear([0.25f, 0.5f, 1], Read(view, LearningTask.Regression, "Value", Teacher.Of(model, scoreColumnName: "value")));
        Assert.AreEqual(
            "Column 'other' was not found",
            Assert.ThrowsExactly<ArgumentException>(() => Read(view, LearningTask.Regression, "Value", Teacher.Of(model, scoreColumnName: "other"))).Message.Split(';')[0]);
    }

    [TestMethod]
    public void A_vector_of_one_is_a_number() // as ONNX models give it
    {
        var view = Keyed(Rows);
        var model = _ml.Transforms.Concatenate("output", "Single").Fit(view);
        AreNear([0.25f, 0.5f, 1], Read(view, LearningTask.Regression, "Value", Teacher.Of(model, scoreColumnName: "output")));
        AreNear([0.75f, 0.25f, 0.5f, 0.5f, 0, 1], Read(view, LearningTask.Binary, "Flag", Teacher.Of(model, scoreColumnName: "output")));
        AreNear([0.25f, 0.5f, 1], Read(view, LearningTask.Regression, "Value", Teacher.Average(Teacher.Of(model, scoreColumnName: "output"))));
    }

    [TestMethod]
    public void Each_of_several_teachers_can_be_had()
    {
        using var channel = ((IHostEnvironment)_ml).Register("test").Start("test");
        var reader = new DatasetReader(new NetworkColumns("Value", "Features", null, [], null), LearningTask.Regression, channel, () => { });
        foreach (var teacher in new[] { Teacher.LearnedAverage(Teacher.Column("Single"), Teacher.Column("Value")), Teacher.Balanced(Teacher.Column("Single", 3), Teacher.Column("Value")) })
        {
            using var data = reader.Read(Keyed(Rows), teacher).Rows;
            CollectionAssert.AreEqual(new[] { 0.25f, 0.5f, 1, 1, 2, 4 }, data.Teachers.SelectMany(scores => Memory.Of<float>(scores).ToArray()).ToArray());
        }

        using var mean = reader.Read(Keyed(Rows), Teacher.Average(Teacher.Column("Single"), Teacher.Column("Value"))).Rows;
        Assert.AreEqual(0, mean.Teachers.Length);
        using var one = reader.Read(Keyed(Rows), Teacher.Column("Single"), null, new() { Each = true }).Rows;
        Assert.AreEqual(0, one.Teachers.Length);
    }

    [TestMethod]
    public void Learned_weights_favour_the_better_teacher()
    {
        var view = Toy.View(_ml, Toy.Rows(200));
        Teacher[] teachers = [Teacher.Column("Weight"), Teacher.Column("Value")]; // the second is the label itself
        var alone = Fit(teachers[1], null);
        var told = new List<string>();
        _ml.Log += (_, e) => told.Add(e.Message);
        CollectionAssert.AreEqual(alone, Fit(Teacher.LearnedAverage(teachers), null));
        Assert.IsTrue(told.Any(message => message.Contains("The teachers' weights, learned on the rows held out, are 0.000, 1.000.", StringComparison.Ordinal)));
        CollectionAssert.AreNotEqual(alone, Fit(Teacher.Average(teachers), null));
        CollectionAssert.AreEqual(Fit(teachers[1], view), Fit(Teacher.LearnedAverage(teachers), view));
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Regression.Trainers.Network(Toy.Quick with { HoldOut = 0 }, Teacher.LearnedAverage(teachers), "Value").Fit(view));

        float[] Fit(Teacher teacher, IDataView? validation) => _ml.Regression.Trainers.Network(Toy.Quick, teacher, "Value", validation: validation).Fit(view).Fitted.Parameters;
    }

    [TestMethod]
    public void Every_kind_of_teacher_teaches()
    {
        var keyed = Toy.Keyed(_ml, Toy.Rows(90));
        var (one, other) = (_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(keyed), Toy.Multiclass(_ml, keyed));
        var plain = _ml.MulticlassClassification.Trainers.Network(Toy.Quick).Fit(keyed).Fitted.Parameters;
        foreach (var teacher in new[]
                 {
                     Teacher.LearnedAverage(Teacher.Of(one), Teacher.Of(other)), Teacher.Balanced(Teacher.Of(one), Teacher.Of(other)), Teacher.Self(), Teacher.Online(new Mlp { Width = 32 }),
                     Teacher.Ensemble(Toy.Quick, 2),
                 })
        {
            var fitted = _ml.MulticlassClassification.Trainers.Network(Toy.Quick, teacher).Fit(keyed);
            CollectionAssert.AreNotEqual(plain, fitted.Fitted.Parameters);
            Assert.IsTrue(_ml.MulticlassClassification.Evaluate(fitted.Transform(keyed)).MicroAccuracy > 0.8);
        }
    }

    [TestMethod]
    public void Rows_without_a_label_teach_through_the_trainer()
    {
        var rows = Toy.Rows(90);
        var keyed = Toy.Keyed(_ml, rows);
        var teacher = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(keyed);
        var some = Toy.Keyed(_ml, rows.Take(12));
        var alone = _ml.MulticlassClassification.Trainers.Network(Toy.Quick, Teacher.Of(teacher)).Fit(some);
        var more = _ml.MulticlassClassification.Trainers.Network(Toy.Quick, Teacher.Of(teacher), unlabeled: Toy.View(_ml, rows.Skip(12))).Fit(some);
        Assert.IsTrue(_ml.MulticlassClassification.Evaluate(more.Transform(keyed)).LogLoss < _ml.MulticlassClassification.Evaluate(alone.Transform(keyed)).LogLoss);
        var ignored = Toy.Quick with { Distillation = new SoftTargets { Weight = 0 } };
        CollectionAssert.AreEqual(
            _ml.MulticlassClassification.Trainers.Network(Toy.Quick).Fit(some).Fitted.Parameters,
            _ml.MulticlassClassification.Trainers.Network(ignored, Teacher.Of(teacher), unlabeled: keyed).Fit(some).Fitted.Parameters);
        foreach (var (none, name) in new[] { (Teacher.Self(), "the student itself"), (Teacher.Online(new Mlp()), "a network trained along") })
            Toy.Throws<ArgumentException>(
                $"Unlabelled rows must have a teacher that knows them before the run, but the teacher is {name}.",
                () => _ml.MulticlassClassification.Trainers.Network(Toy.Quick, none, unlabeled: keyed));
    }

    [TestMethod]
    public void Several_teachers_must_be_models_or_columns()
    {
        Throws("teachers must hold at least 2 teachers, but holds 1.", () => Teacher.LearnedAverage(Teacher.Column("a")));
        Throws("teachers must hold at least 2 teachers, but is empty.", () => Teacher.Balanced());
        Throws("teachers must be models or columns, but number 2 is the student itself.", () => Teacher.Average(Teacher.Column("a"), Teacher.Self()));
        Throws("teachers must be models or columns, but number 1 is a learned average.", () => Teacher.Average(Teacher.LearnedAverage(Teacher.Column("a"), Teacher.Column("b"))));
        Throws("teachers must each be one model or column, but number 2 is an average of 2.", () => Teacher.Balanced(Teacher.Column("a"), Teacher.Average(Teacher.Column("b"), Teacher.Column("c"))));
        Assert.AreEqual(3, Teacher.Average(Teacher.Column("a"), Teacher.Average(Teacher.Column("b"), Teacher.Column("c"))).Sources.Count);

        static void Throws(string message, Func<Teacher> make) => Assert.AreEqual($"{message} (Parameter 'teachers')", Assert.ThrowsExactly<ArgumentException>(make).Message);
    }

    [TestMethod]
    public void Networks_and_recipes_of_teachers_are_checked()
    {
        Toy.Throws<ArgumentException>("Width must lie in [1, 65536], but is 0.", () => Teacher.Online(new Mlp { Width = 0 }));
        Toy.Throws<ArgumentException>("The number of networks of an ensemble must be at least 1, but is 0.", () => Teacher.Ensemble(new(), 0));
        Toy.Throws<ArgumentException>(
            "The distillation of an ensemble's recipe must be null, since its networks learn from the labels, but is 'kd'.", () => Teacher.Ensemble(new() { Distillation = new SoftTargets() }));
    }

    [TestMethod]
    public void A_folder_for_scores_is_kept_in_averages()
    {
        var teacher = Teacher.Column("a").CachedIn("folder");
        Assert.AreEqual("folder", teacher.CacheFolder);
        Assert.AreEqual("folder", Teacher.Average(Teacher.Column("b"), teacher).CacheFolder);
        Assert.AreEqual("other", Teacher.Balanced(teacher, Teacher.Column("b")).CachedIn("other").CacheFolder);
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
