namespace Retort.Tests;

/// <summary>What holds for every loss and every distillation, over sampled settings and every task that it serves.</summary>
[TestClass]
public sealed class EveryObjectiveTests
{
    /// <summary>A loss or distillation on one task, as a function of logits.</summary>
    public sealed record Case(Part Part, LearningTask Task)
    {
        internal int Columns => Task switch { LearningTask.Binary => 2, LearningTask.Multiclass => 3, _ => 1 };

        internal Targets Hard(ScalarType type) => Task == LearningTask.Regression ? Targets.Values(Some.Normal(5, type, 4, 1)) : Targets.Classes(0, 1, Columns - 1, 0);

        internal Tensor Teacher(ScalarType type) => Task == LearningTask.Regression ? Some.Normal(6, type, 4, 1) : Some.Probabilities(6, type, 4, Columns);

        internal Tensor Value(Tensor logits, Targets targets, Tensor teacher, Tensor? weights = null) => Part switch
        {
            Loss loss => loss.Value(logits, targets, weights, StepContext.First()),
            Distillation kd => kd.Value(new(logits), new(teacher), targets, weights, StepContext.First()),
            _ => throw new NotSupportedException(),
        };

        internal Tensor Value(Tensor logits, Tensor? weights = null) => Value(logits, Hard(logits.dtype), Teacher(logits.dtype), weights);
    }

    public static IEnumerable<object[]> Cases =>
        from kind in new[] { typeof(Loss), typeof(Distillation) }
        from part in EveryPartTests.Samples(kind)
        from task in Enum.GetValues<LearningTask>()
        where Methods.Of(part).Serves(task)
        select new object[] { new Case(part, task) };

    [TestMethod, DynamicData(nameof(Cases))]
    public void Gradients_agree_with_differences(Case c)
    {
        using var scope = NewDisposeScope();
        const double h = 1e-6;
        var logits = Some.Normal(1, float64, 4, c.Columns).requires_grad_();
        var weights = tensor([1.0, 2.0, 0.5, 0.0]);
        c.Value(logits, weights).backward();
        var gradient = logits.grad!;
        for (var i = 0; i < 4; i++)
            for (var j = 0; j < c.Columns; j++)
            {
                var step = zeros(4, c.Columns, dtype: float64);
                step[i, j] = h;
                var difference = (c.Value(logits.detach() + step, weights).ToDouble() - c.Value(logits.detach() - step, weights).ToDouble()) / (2 * h);
                Assert.AreEqual(difference, gradient[i, j].ToDouble(), 1e-7 + 1e-6 * Math.Abs(difference)); // central differences, error of order h^2
            }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Extreme_logits_give_finite_values_and_gradients(Case c)
    {
        using var scope = NewDisposeScope();
        var logits = (1e4f * Some.Normal(2, float32, 4, c.Columns).sign()).requires_grad_();
        var teacher = c.Task == LearningTask.Regression ? c.Teacher(float32) : zeros(4, c.Columns).index_fill_(1, tensor(new long[] { 0 }), 1); // a certain teacher: probabilities 1 and 0
        var value = c.Value(logits, c.Hard(float32), teacher);
        value.backward();
        Assert.IsTrue(value.isfinite().ToBoolean());
        Assert.IsTrue(logits.grad!.isfinite().all().ToBoolean());
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Soft_targets_agree_with_hard_ones(Case c)
    {
        if (c.Task == LearningTask.Regression)
            return;
        using var scope = NewDisposeScope();
        var logits = Some.Normal(3, float64, 4, c.Columns);
        var soft = Targets.Probabilities(c.Hard(float64).Distribution(logits));
        Assert.AreEqual(c.Value(logits).ToDouble(), c.Value(logits, soft, c.Teacher(float64)).ToDouble(), 1e-12);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void The_order_of_rows_does_not_matter(Case c)
    {
        using var scope = NewDisposeScope();
        var (logits, weights, order) = (Some.Normal(4, float64, 4, c.Columns), tensor([1.0, 2.0, 0.5, 3.0]), tensor(new long[] { 2, 0, 3, 1 }));
        var (hard, teacher) = (c.Hard(float64), c.Teacher(float64));
        var moved = c.Task == LearningTask.Regression
            ? Targets.Values(hard.RealValues(logits).index_select(0, order))
            : Targets.Classes(hard.ClassNumbers().index_select(0, order));
        Assert.AreEqual(
            c.Value(logits, hard, teacher, weights).ToDouble(),
            c.Value(logits.index_select(0, order), moved, teacher.index_select(0, order), weights.index_select(0, order)).ToDouble(), 1e-12);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_weight_of_2_is_a_row_twice_and_0_a_row_less(Case c)
    {
        using var scope = NewDisposeScope();
        var logits = Some.Normal(7, float64, 4, c.Columns);
        var (hard, teacher, rows) = (c.Hard(float64), c.Teacher(float64), tensor(new long[] { 0, 1, 1, 3 }));
        var repeated = c.Task == LearningTask.Regression
            ? Targets.Values(hard.RealValues(logits).index_select(0, rows))
            : Targets.Classes(hard.ClassNumbers().index_select(0, rows));
        Assert.AreEqual(
            c.Value(logits.index_select(0, rows), repeated, teacher.index_select(0, rows)).ToDouble(),
            c.Value(logits, hard, teacher, tensor([1.0, 2.0, 0.0, 1.0])).ToDouble(), 1e-12);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Rows_without_any_weight_cost_nothing(Case c)
    {
        using var scope = NewDisposeScope();
        Assert.AreEqual(0, c.Value(Some.Normal(7, float64, 4, c.Columns), zeros(4, dtype: float64)).ToDouble());
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Inputs_keep_their_values(Case c)
    {
        using var scope = NewDisposeScope();
        var (logits, teacher, hard) = (Some.Normal(8, float32, 4, c.Columns), c.Teacher(float32), c.Hard(float32));
        var (logitsBefore, teacherBefore) = (logits.clone(), teacher.clone());
        c.Value(logits.requires_grad_(), hard, teacher).backward();
        Assert.IsTrue(logits.detach().eq(logitsBefore).all().ToBoolean());
        Assert.IsTrue(teacher.eq(teacherBefore).all().ToBoolean());
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void The_type_of_the_logits_is_kept(Case c)
    {
        using var scope = NewDisposeScope();
        Assert.AreEqual(float64, c.Value(Some.Normal(8, float64, 4, c.Columns)).dtype);
        Assert.AreEqual(float32, c.Value(Some.Normal(8, float32, 4, c.Columns)).dtype);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Everything_made_on_the_way_belongs_to_the_callers_scope(Case c)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
            c.Value(Some.Normal(9, float32, 4, c.Columns).requires_grad_()).backward();
        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
