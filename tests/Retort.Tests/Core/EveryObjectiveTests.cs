namespace Retort.Tests;

/// <summary>What holds for every loss and every distillation, over sampled settings and every task that it serves.</summary>
[TestClass]
public sealed class EveryObjectiveTests
{
    /// <summary>A loss or distillation on one task, as a function of logits.</summary>
    public sealed record Case(Part Part, LearningTask Task)
    {
        private static readonly long[] Four = [0, 1, 2, 3];

        /// <summary>What does the work: what a wrapper wraps, or the part itself.</summary>
        internal Part Inner => Part is WrappedLoss wrapper ? wrapper.Inner : Part;

        internal int Columns => Task switch { LearningTask.Binary => 2, LearningTask.Multiclass => 3, _ => (Part as Loss)?.RegressionOutputs ?? 1 };

        /// <summary>Why the gradient is not that of the value; null where it is.</summary>
        internal string? OwnGradient => (Inner, Part) switch
        {
            (EnsembleLoss, _) => "it is drawn at random",
            (AdaptiveLabelRobustLoss, _) => "each row's lambda, which depends on its logits, is held fixed",
            (GaussianLoss { Beta: > 0 }, _) => "a row's factor, which depends on its deviation, is held fixed",
            (BalancedDivergence, _) => "a row's balance, which depends on its entropy, is held fixed",
            (CustomizedTargets, _) => "a row's weight, which depends on its probability, is held fixed",
            (MultiTeacherAdversarial, _) => "the balance, which depends on both losses, is held fixed",
            (DiverseExperts, _) => "what experts say of the rows as they are is held fixed",
            (_, LossReweighting) => "the rows' weights, which depend on their losses, are held fixed",
            _ => null,
        };

        internal bool TakesSoftTargets => Task != LearningTask.Regression && Inner is not (EnsembleLoss or ChunkedCrossEntropyLoss);

        internal Targets Hard(ScalarType type) => Task != LearningTask.Regression ? Targets.Classes(0, 1, Columns - 1, 0)
            : Targets.Values(Part is Loss { Scaling: LabelScaling.MeanOne } ? Some.Normal(5, type, 4, 1).clamp_min(0) : Some.Normal(5, type, 4, 1));

        internal Tensor Teacher(ScalarType type) => Task == LearningTask.Regression ? Some.Normal(6, type, 4, 1) : Some.Probabilities(6, type, 4, Columns);

        internal TeacherOutput Teachers(Tensor scores) => new(scores)
        {
            Hidden = Methods.Of(Part).Needs.HasFlag(Needs.TeacherFeatures) ? Some.Normal(13, scores.dtype, scores.shape[0], 7) : null,
            Each = Part is Distillation { NeedsEachTeacher: true } ? [new(scores), new(Task == LearningTask.Regression ? scores.neg() : scores.flip(1))] : [],
        };

        /// <summary>Features, hidden block and groups are those of the given rows of four.</summary>
        internal StudentOutput Student(Tensor logits, long[]? rows = null) => Part is not Loss { NeedsHidden: true } ? new(logits)
            : new(logits) { Features = Some.Normal(11, logits.dtype, 4, 3).index_select(0, tensor(rows ?? Four)), Hidden = Some.Normal(12, logits.dtype, 4, 5).index_select(0, tensor(rows ?? Four)) };

        internal static StepContext Step(long[]? rows = null) => StepContext.First() with { Groups = tensor(new long[] { 7, 3, 7, 3 }).index_select(0, tensor(rows ?? Four)) };

        internal Tensor Value(Tensor logits, Targets targets, Tensor teacher, Tensor? weights = null, long[]? rows = null) => Part switch
        {
            Loss loss => loss.Value(Student(logits, rows), targets, weights, Step(rows)),
            Distillation kd => Distilled(kd, logits, targets, teacher, weights, tensor(rows ?? Four)),
            _ => throw new NotSupportedException(),
        };

        /// <summary>In the second epoch, with all that the method asks for: made of the logits, so that its slopes are seen at them, and of numbers that belong to the rows.</summary>
        private Tensor Distilled(Distillation kd, Tensor logits, Targets targets, Tensor teacher, Tensor? weights, Tensor rows)
        {
            using var state = new PartState();
            var (type, places) = (logits.dtype, rows.narrow(0, 0, logits.shape[0]));
            var features = Rows(11, 3);
            var all = Teachers(teacher) with { Hidden = Hidden(13) };
            kd.Begin(state, new(Hard(type), Whole()) { Outputs = Columns, Deviations = full(3, 2, dtype: type) });
            Asked(Rows(14, Columns), Step(1)); // the first epoch, that it remembers
            return Asked(logits, Step(2));

            Tensor Asked(Tensor said, StepContext step)
            {
                var probe = new Probe(features, targets, all, there => Elsewhere(there, 15), [.. Enumerable.Range(16, all.Each.Count > 0 ? 2 : 1).Select(seed => Teaches((ulong)seed))]);
                // a random move belongs to no row
                return kd.Move(probe, step) is not { } moved ? kd.Value(Student(said, null), all, targets, weights, step)
                    : kd.Value(Student(said, Student(0.9 * said + Elsewhere(kd is DiverseExperts ? Rows(18, 3) : moved.Features, 15).detach(), null)), all with { Moved = moved.Teacher }, targets, weights, step);
            }

            StepContext Step(int epoch) => StepContext.First() with { Epoch = epoch, Progress = (epoch - 1) / 2.0, State = state, Rows = places };
            TeacherOutput Whole() => Teachers(Teacher(type));
            Tensor Rows(ulong seed, int width) => Some.Normal(seed, type, 4, width).index_select(0, places);
            Tensor Elsewhere(Tensor there, ulong seed) => there.matmul(Some.Normal(seed, type, 3, Columns));
            Func<Tensor, Tensor> Teaches(ulong seed) => there => Task == LearningTask.Regression ? Elsewhere(there, seed) : Elsewhere(there, seed).log_softmax(1);
            Tensor? Hidden(ulong seed) => Methods.Of(kd).Needs.HasFlag(Needs.TeacherFeatures) ? Rows(seed, 7) : null;
            Tensor Of(Tensor said, ulong seed, int width) => said.matmul(Some.Normal(seed, type, Columns, width)) + Rows(seed + 1, width);

            StudentOutput Student(Tensor said, StudentOutput? moved)
            {
                Tensor[] blocks = kd.NeedsHidden ? [Of(said, 20, 6), Of(said, 22, 5)] : [];
                return new(said)
                {
                    Features = kd.NeedsHidden ? features : null,
                    Hidden = blocks.LastOrDefault(),
                    Blocks = blocks,
                    Heads = [.. kd.Heads(Shape).Select((head, number) => Of(said, 30 + 2 * (ulong)number, head.Outputs))],
                    Sets = kd.Sets == 1 ? [] : [said, .. Enumerable.Range(1, kd.Sets - 1).Select(number => Of(said, 50 + 2 * (ulong)number, Columns))],
                    Moved = moved,
                };
            }
        }

        internal TeachingShape Shape => new([6, 5], Columns, Methods.Of(Part).Needs.HasFlag(Needs.TeacherFeatures) ? 7 : 0);

        internal Tensor Value(Tensor logits, Tensor? weights = null) => Value(logits, Hard(logits.dtype), Teacher(logits.dtype), weights);
    }

    public static IEnumerable<object[]> Cases =>
        from kind in new[] { typeof(Loss), typeof(Distillation) }
        from part in EveryPartTests.Samples(kind)
        from task in Enum.GetValues<LearningTask>()
        where Methods.Of(part).Serves(task) && (part is not WrappedLoss wrapper || Methods.Of(wrapper.Inner).Serves(task)) && part is not DualHeadTargets { Factors.Labels: 0 } // which it refuses
        let fit = task == LearningTask.Regression && part is Cooldown cooldown ? cooldown with { By = CooldownBy.Group, Mode = CooldownMode.Upweight } : part
        select new object[] { new Case(fit, task) };

    public static IEnumerable<object[]> LossCases => Cases.Where(c => ((Case)c[0]).Part is Loss);

    [TestMethod, DynamicData(nameof(Cases))]
    public void Gradients_agree_with_differences(Case c)
    {
        if (c.OwnGradient is not null)
            return; // the losses' own tests say what it is
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
        if (!c.TakesSoftTargets)
        {
            StringAssert.Matches(Assert.ThrowsExactly<InvalidOperationException>(() => c.Value(logits, soft, c.Teacher(float64))).Message, new("must be class numbers, but are probabilities\\.$"));
            return;
        }

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
            c.Value(logits.index_select(0, order), moved, teacher.index_select(0, order), weights.index_select(0, order), [2, 0, 3, 1]).ToDouble(), 1e-12);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_weight_of_2_is_a_row_twice_and_0_a_row_less(Case c)
    {
        if (c.Inner is EnsembleLoss)
            return; // as many draws as rows
        using var scope = NewDisposeScope();
        var logits = Some.Normal(7, float64, 4, c.Columns);
        var (hard, teacher, rows) = (c.Hard(float64), c.Teacher(float64), tensor(new long[] { 0, 1, 1, 3 }));
        var repeated = c.Task == LearningTask.Regression
            ? Targets.Values(hard.RealValues(logits).index_select(0, rows))
            : Targets.Classes(hard.ClassNumbers().index_select(0, rows));
        Assert.AreEqual(
            c.Value(logits.index_select(0, rows), repeated, teacher.index_select(0, rows), null, [0, 1, 1, 3]).ToDouble(),
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

    [TestMethod, DynamicData(nameof(LossCases))]
    public void A_batch_of_one_row_and_batches_of_one_class_give_finite_values_and_gradients(Case c)
    {
        using var scope = NewDisposeScope();
        foreach (var (rows, label) in new[] { (1, 0), (1, 1), (3, 0), (3, 1) })
        {
            long[] picked = [.. Enumerable.Repeat(1L, rows)];
            foreach (var scale in new[] { 0.0, 1 }) // all logits alike, and some
            {
                var logits = (scale * Some.Normal(3, float32, rows, c.Columns)).requires_grad_();
                var targets = c.Task == LearningTask.Regression ? Targets.Values(full(rows, 1, label, dtype: float32)) : Targets.Classes(Enumerable.Repeat((long)label, rows).ToArray());
                var value = c.Value(logits, targets, logits, null, picked);
                value.backward();
                Assert.IsTrue(value.isfinite().ToBoolean());
                Assert.IsTrue(logits.grad!.isfinite().all().ToBoolean());
            }
        }
    }

    [TestMethod, DynamicData(nameof(LossCases))]
    public void A_loss_begins_steps_and_judges_and_leaves_nothing_behind(Case c)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var state = new PartState())
        using (NewDisposeScope())
        {
            var (loss, hard, weights, names) = ((Loss)c.Part, c.Hard(float32), tensor([1f, 2, 0.5f, 0]), tensor(new long[] { 1, 3, 0, 2 }));
            loss.Begin(state, hard, weights, tensor(new long[] { 7, 3, 7, 3 }), 1);
            foreach (var progress in new[] { 0, 0.5, 0.99 })
            {
                var logits = Some.Normal(1, float32, 4, c.Columns).requires_grad_();
                var value = loss.Value(c.Student(logits), hard, weights, new(3, progress, new(1)) { State = state, Rows = names, Groups = Case.Step().Groups });
                value.backward();
                Assert.IsTrue(value.isfinite().ToBoolean() && logits.grad!.isfinite().all().ToBoolean());
            }

            var judged = loss.Judge(new(Some.Normal(1, float32, 4, c.Columns)), hard, weights, new(3, 0, new(1)) { State = state, Groups = Case.Step().Groups });
            Assert.IsTrue(judged.isfinite().ToBoolean());
            var link = loss.Link(state);
            Assert.AreEqual(link.Function is LinkFunction.Quantiles or LinkFunction.Levels ? c.Columns : 0, link.Points.Count);
        }

        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
