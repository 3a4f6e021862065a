namespace Retort.Tests;

/// <summary>Where a run's teacher can come from: several, the run itself, a network trained along, an ensemble; and rows that only the teacher knows.</summary>
[TestClass]
public sealed class TeachingTests
{
    private static readonly Recipe Short = Some.Quick with { Epochs = 4, BatchSize = 16, HoldOut = 0.25 };

    private static TrainingResult Run(Recipe recipe, LearningTask task, Dataset data, Teaching teaching, Checkpoint? checkpoint = null, Action? check = null, Place? place = null) =>
        TrainingLoop.Run(recipe, task, data, null, 1, null, check ?? (() => { }), place, default, checkpoint, teaching: teaching);

    public static IEnumerable<object[]> Ways =>
        from teaching in new Teaching[]
        {
            new(TeachingWay.Self), new(TeachingWay.Online) { Network = new Mlp { Layers = 2, Width = 24, Dropout = 0.1 } }, new(TeachingWay.Online) { Network = new TabM { Members = 2, Layers = 1, Width = 8 } },
            new(TeachingWay.Balanced), new(TeachingWay.Learned), new(TeachingWay.Ensemble) { Recipe = Short, Networks = 2 },
        }
        from task in Enum.GetValues<LearningTask>()
        select new object[] { teaching, task };

    private static Dataset Data(Teaching teaching, LearningTask task, int rows) => teaching.Way is TeachingWay.Balanced or TeachingWay.Learned
        ? Several(task, rows)
        : Lesson.Data(task, rows);

    /// <summary>A teacher that is right, and one that knows nothing.</summary>
    private static Dataset Several(LearningTask task, int rows)
    {
        var right = Lesson.Of(new SoftTargets(), task, rows);
        var nothing = task == LearningTask.Regression ? full_like(right.Teacher!, right.Labels!.mean().ToDouble()) : full_like(right.Teacher!, 1.0 / Math.Max(2, right.Classes));
        return right.TaughtBy((right.Teacher! + nothing) / 2, [right.Teacher!.clone(), nothing], []);
    }

    [TestMethod, DynamicData(nameof(Ways))]
    public void It_learns(object teaching, LearningTask task)
    {
        using var scope = NewDisposeScope();
        foreach (var network in new Network[] { new Mlp { Layers = 1, Width = 16 }, new TabM { Members = 3, Layers = 1, Width = 16, Dropout = 0 } })
        {
            var recipe = Some.Quick with { Network = network, Epochs = 25, Patience = 25, BatchSize = 60, HoldOut = 0.2, Optimizer = new AdamW { LearningRate = 0.02 } };
            var error = EveryDistillationLearnsTests.Error(Run(recipe, task, Data((Teaching)teaching, task, 600), (Teaching)teaching).Network, task);
            Assert.IsTrue(error < (task switch { LearningTask.Binary => 0.2, LearningTask.Multiclass => 0.15, _ => 0.5 }), $"{network}: {error}");
        }
    }

    [TestMethod, DynamicData(nameof(Ways))]
    public void A_run_that_is_ended_goes_on_in_the_same_bits(object teaching, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var data = Data((Teaching)teaching, task, 64);
            foreach (var place in new[] { Place.Cpu, Place.CpuByOperators })
            {
                var checkpoint = new Checkpoint(Path.Combine(folder.FullName, "checkpoint")) { Interval = TimeSpan.Zero };
                var calls = 0;
                var whole = Run(Short, task, data, (Teaching)teaching, null, () => Interlocked.Increment(ref calls), place);
                var left = calls - 5;
                Assert.ThrowsExactly<OperationCanceledException>(() => Run(Short, task, data, (Teaching)teaching, checkpoint, () => { if (Interlocked.Decrement(ref left) < 0) throw new OperationCanceledException(); }, place));
                CollectionAssert.AreEqual(whole.Network.Parameters, Run(Short, task, data, (Teaching)teaching, checkpoint, null, place).Network.Parameters);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void Its_own_past_changes_what_is_learned_after_the_first_epoch()
    {
        using var scope = NewDisposeScope();
        var data = Some.Clouds(64);
        float[] After(int epochs, Teaching teaching) => Run(Short with { Epochs = epochs, HoldOut = 0, Schedule = new ConstantRate() }, LearningTask.Multiclass, data, teaching).Network.Parameters;
        CollectionAssert.AreEqual(After(1, Teaching.Given), After(1, new(TeachingWay.Self)));
        CollectionAssert.AreNotEqual(After(2, Teaching.Given), After(2, new(TeachingWay.Self)));
    }

    [TestMethod]
    public void Weights_that_are_learned_leave_out_a_teacher_that_knows_nothing()
    {
        using var scope = NewDisposeScope();
        var wrong = Several(LearningTask.Multiclass, 300);
        using var taught = TeacherMaking.Weighted(wrong, wrong, LearningTask.Multiclass).Rows;
        Assert.IsTrue((taught.Teacher! - wrong.Teachers[0]).abs().max().ToDouble() < 1e-3);
        Assert.AreEqual("The rows held out must be enough to learn teachers' weights from, but is 0.",
            Assert.ThrowsExactly<ArgumentException>(() => Run(Short with { HoldOut = 0 }, LearningTask.Multiclass, wrong, new(TeachingWay.Learned))).Message);
    }

    [TestMethod]
    public void The_shares_of_balanced_teachers_follow_the_rule()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        TeacherBalance.Begin(state, 2);
        Tensor At(double value) => tensor(value, dtype: float64);
        Assert.AreEqual(3, TeacherBalance.Join(state, [At(2), At(4)]).ToDouble(), 1e-12); // equal shares; both ratios are 1
        Assert.AreEqual(0.5 * 1 + 0.5 * 4, TeacherBalance.Join(state, [At(1), At(4)]).ToDouble(), 1e-12); // ratios 1/2 and 1
        var first = 0.5 - 0.025 * (0.5 - 1.0 / 3);
        Assert.AreEqual(first * 2 + (1 - first) * 4, TeacherBalance.Join(state, [At(2), At(4)]).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void The_same_ensemble_teaches_whatever_else_runs()
    {
        using var scope = NewDisposeScope();
        var data = Some.Clouds(120);
        var told = 0;
        float[] Once() => TrainingLoop.Run(Short, LearningTask.Multiclass, data, null, 1, null, () => { }, teaching: new(TeachingWay.Ensemble) { Recipe = Short, Networks = 3 }, taught: _ => Interlocked.Increment(ref told)).Network.Parameters;
        var first = Once();
        CollectionAssert.AreEqual(first, Once());
        CollectionAssert.AreNotEqual(first, Run(Short, LearningTask.Multiclass, data, Teaching.Given).Network.Parameters);
        Assert.AreEqual(6, told);
    }

    public static IEnumerable<object[]> Tasks => Enum.GetValues<LearningTask>().Select(task => new object[] { task });

    [TestMethod, DynamicData(nameof(Tasks))]
    public void Rows_without_a_label_learn_from_the_teacher(LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Lesson.Of(new SoftTargets(), task, 600);
        var few = arange(600, dtype: int64).lt(12);
        var labels = where(few, data.Labels!, task == LearningTask.Regression ? full_like(data.Labels!, double.NaN) : full_like(data.Labels!, -1));
        var partly = new Dataset { Features = data.Features, Categories = data.Categories, Cardinalities = data.Cardinalities, Classes = data.Classes, Labels = labels, Labeled = few, Teacher = data.Teacher };
        var recipe = Some.Quick with { Epochs = 30, Patience = 30, BatchSize = 60, HoldOut = 0.34, Optimizer = new AdamW { LearningRate = 0.02 } };
        var (taught, alone) = (Error(partly), Error(new() { Features = data.Features.narrow(0, 0, 12), Categories = data.Categories?.narrow(0, 0, 12), Cardinalities = data.Cardinalities, Classes = data.Classes, Labels = data.Labels!.narrow(0, 0, 12) }));
        Assert.IsTrue(taught < (task switch { LearningTask.Binary => 0.2, LearningTask.Multiclass => 0.12, _ => 0.45 }) && taught < alone, $"{taught}, alone {alone}");

        double Error(Dataset rows) => EveryDistillationLearnsTests.Error(Some.Train(recipe, task, rows).Network, task);
    }

    [TestMethod, DynamicData(nameof(Tasks))]
    public void An_ensemble_that_saw_the_rows_with_a_label_teaches_those_without(LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Lesson.Data(task, 200);
        var some = arange(200, dtype: int64).lt(100);
        var labels = where(some, data.Labels!, task == LearningTask.Regression ? full_like(data.Labels!, double.NaN) : full_like(data.Labels!, -1));
        var partly = new Dataset { Features = data.Features, Categories = data.Categories, Cardinalities = data.Cardinalities, Classes = data.Classes, Labels = labels, Labeled = some };
        Assert.IsTrue(Run(Short, task, partly, new(TeachingWay.Ensemble) { Recipe = Short, Networks = 2 }).Network.Parameters.All(float.IsFinite));
    }

    [TestMethod]
    public void Only_rows_with_a_label_are_held_out()
    {
        using var scope = NewDisposeScope();
        var data = Some.Clouds(90);
        var labeled = arange(90, dtype: int64).lt(30);
        var partly = new Dataset { Features = data.Features, Labels = where(labeled, data.Labels!, full_like(data.Labels!, -1)), Labeled = labeled, Classes = 3 };
        var (train, held) = HoldOut.Split(partly, LearningTask.Multiclass, 0.2, 1);
        Assert.AreEqual(6, held.Length);
        Assert.IsTrue(held.All(row => row < 30));
        CollectionAssert.AreEqual(Enumerable.Range(0, 90).Select(row => (long)row).Except(held).ToArray(), train);
    }

    [TestMethod]
    public void What_does_not_fit_is_refused_in_a_sentence()
    {
        using var scope = NewDisposeScope();
        var data = Lesson.Of(new SoftTargets(), LearningTask.Multiclass, 64);
        string Refusal(Distillation distillation, Dataset rows, Teaching teaching) =>
            Assert.ThrowsExactly<ArgumentException>(() => Run(Short with { Distillation = distillation }, LearningTask.Multiclass, rows, teaching)).Message;
        Assert.AreEqual("The distillation 'ps-kd' must be without a teacher, but is given one.", Refusal(new ProgressiveTargets(), data, Teaching.Given));
        Assert.AreEqual("Distillation must have a teacher, but 'kd' is given none.", Refusal(new SoftTargets(), Some.Clouds(64), Teaching.Given));
        Assert.AreEqual("A teacher that is trained along must be followed by its outputs, but 'dho' asks for more.", Refusal(new DualHeadOptimization(), Some.Clouds(64), new(TeachingWay.Online) { Network = new Mlp() }));
    }
}
