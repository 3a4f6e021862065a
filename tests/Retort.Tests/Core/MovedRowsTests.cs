namespace Retort.Tests;

/// <summary>Distillations that move rows: where they move them, and what they make of it.</summary>
[TestClass]
public sealed class MovedRowsTests
{
    // of two features the first speaks for class 1, twice as much as the second for class 0
    private static readonly Tensor Slopes = tensor(new[,] { { 0f, 2 }, { 1, 0 } }).DetachFromDisposeScope();
    private static readonly Tensor Rows = tensor(new[,] { { 1f, 0.2f }, { -0.5f, 1 }, { 0.3f, 0.1f } }).DetachFromDisposeScope();
    private static Targets Labels => Targets.Classes(1, 0, 1);

    private static Tensor Student(Tensor features) => features.mm(Slopes);

    private static Tensor Teacher(Tensor features) => (features * tensor(new[] { 1f, 4 })).mm(Slopes).log_softmax(1);

    private static StepContext Began(Distillation kd, PartState state, params float[] deviations)
    {
        kd.Begin(state, new(Labels, new(Teacher(Rows).exp())) { Outputs = 2, Deviations = tensor(deviations) });
        return StepContext.First() with { State = state };
    }

    private static double KL(Tensor features, Tensor teacher) => new SoftTargets().Value(new(Student(features)), new(teacher), Labels, null, StepContext.First()).ToDouble();

    [TestMethod]
    public void Attacks_go_where_the_label_is_least_likely_within_so_many_deviations()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var kd = new MultiTeacherAdversarial { Radius = 0.1 };
        var moved = kd.Move(new(Rows, Labels, null, Student, [features => features, Teacher]), Began(kd, state, 3, 10))!;
        // class 1: the first feature falls, the second rises; class 0: the other way; by 0.3 and 1
        var expected = Rows + tensor(new[,] { { -0.3f, 1 }, { 0.3f, -1 }, { -0.3f, 1 } });
        Assert.AreEqual(0, (moved.Features - expected).abs().max().ToDouble(), 1e-6);
        Assert.AreEqual(0, (moved.Teacher!.Scores - Teacher(expected).exp()).abs().max().ToDouble(), 1e-6); // the second teacher is the robust one
        Assert.IsFalse(moved.Features.requires_grad || moved.Teacher.Scores.requires_grad);
    }

    [TestMethod]
    public void In_regression_attacks_go_away_from_the_label()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var (kd, labels) = (new MultiTeacherAdversarial { Radius = 0.1 }, Targets.Values(zeros(3)));
        kd.Begin(state, new(labels, new(zeros(3, 1))) { Outputs = 1, Deviations = ones(2) });
        var moved = kd.Move(new(Rows, labels, null, features => features.narrow(1, 0, 1), [features => 7 * features.narrow(1, 1, 1)]), StepContext.First() with { State = state })!;
        Assert.AreEqual(0, (moved.Features.select(1, 0) - tensor(new[] { 1.1f, -0.6f, 0.4f })).abs().max().ToDouble(), 1e-6);
        Assert.AreEqual(0, (moved.Teacher!.Scores - 7 * moved.Features.narrow(1, 1, 1)).abs().max().ToDouble(), 1e-6);
    }

    [TestMethod]
    public void A_feature_that_never_changes_is_not_moved()
    {
        using var scope = NewDisposeScope();
        foreach (var kd in (Distillation[])[new MultiTeacherAdversarial(), new HardRows()])
        {
            using var state = new PartState();
            var moved = kd.Move(new(Rows, Labels, null, Student, [Teacher]), Began(kd, state, 0, 1))!;
            Assert.IsTrue(moved.Features.select(1, 0).eq(Rows.select(1, 0)).all().ToBoolean());
            Assert.IsFalse(moved.Features.select(1, 1).eq(Rows.select(1, 1)).any().ToBoolean());
        }
    }

    [TestMethod]
    public void Attacks_need_a_teacher_that_can_be_asked_anywhere() => Assert.AreEqual(
        "The teacher for 'mtard', which asks about moved rows, must be a network of Retort whose features are the student's, number for number (normalised by the same fitted step), but is not.",
        Assert.ThrowsExactly<ArgumentException>(() => new MultiTeacherAdversarial().Move(new(Rows, Labels, null, Student, []), StepContext.First())).Message);

    [TestMethod]
    public void Of_two_teachers_one_is_robust_and_of_three_the_mean()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var kd = new MultiTeacherAdversarial();
        var step = Began(kd, state, 1, 1);
        Func<Tensor, Tensor> Says(double p) => features => tensor(new[] { (float)p, (float)(1 - p) }).log().expand(features.shape[0], 2);
        double Moved(params double[] teachers) => kd.Move(new(Rows, Labels, null, Student, [.. teachers.Select(Says)]), step)!.Teacher!.Scores[0, 0].ToDouble();
        Assert.AreEqual(0.2, Moved(0.2), 1e-6);
        Assert.AreEqual(0.6, Moved(0.2, 0.6), 1e-6);
        Assert.AreEqual(0.5, Moved(0.2, 0.6, 0.7), 1e-6);

        TeacherOutput Of(double p) => new(full(3, 2, 0) + tensor(new[] { p, 1 - p }));
        double Value(params double[] teachers) => kd.Value(new(zeros(3, 2)) { Moved = new(zeros(3, 2)) },
            Of(teachers.Average()) with { Each = [.. teachers.Select(Of)], Moved = Of(0.5) }, Labels, null, StepContext.First()).ToDouble();
        double Half(double p) => 0.5 * (Math.Log(2) + p * Math.Log(p) + (1 - p) * Math.Log(1 - p)); // the rows as they are count a half
        Assert.AreEqual(Half(0.2), Value(0.2, 0.6), 1e-6);
        Assert.AreEqual(Half(0.5), Value(0.2, 0.6, 0.7), 1e-6);
    }

    [TestMethod]
    public void The_balance_follows_the_loss_that_has_fallen_less_and_is_kept()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var kd = new MultiTeacherAdversarial { BalanceRate = 0.5 };
        var step = Began(kd, state, 1, 1);
        Value(1, 1);
        Assert.AreEqual(0.5, state["balance"]!.ToDouble(), 1e-6);
        Value(0.1, 1); // the network nears the first teacher alone
        Assert.IsTrue(state["balance"]!.ToDouble() < 0.4);
        using var written = new MemoryStream();
        state.Write(new BinaryWriter(written));
        using var resumed = new PartState();
        Began(kd, resumed, 1, 1);
        written.Position = 0;
        resumed.Read(new BinaryReader(written));
        Assert.AreEqual(state["balance"]!.ToDouble(), resumed["balance"]!.ToDouble());
        Assert.IsTrue(state["first"]!.eq(resumed["first"]!).all().ToBoolean());

        void Value(double clean, double moved) => kd.Value(new(clean * Student(Rows)) { Moved = new(moved * Student(Rows)) },
            new(full(3, 2, 0.5)) { Moved = new(full(3, 2, 0.5)) }, Labels, null, step);
    }

    [TestMethod]
    public void Hard_rows_disagree_more_than_the_rows_and_than_random_ones()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var kd = new HardRows { Radius = 0.5 };
        var moved = kd.Move(new(Rows, Labels, null, Student, [Teacher]), Began(kd, state, 1, 1))!;
        Assert.IsTrue((moved.Features - Rows).abs().max().ToDouble() <= 0.5 + 1e-6);
        var apart = KL(moved.Features, moved.Teacher!.Scores);
        Assert.IsTrue(apart > KL(Rows, Teacher(Rows).exp()));
        for (var seed = 1UL; seed < 20; seed++)
        {
            var random = Rows + (Some.Normal(seed, float32, 3, 2).sigmoid() - 0.5);
            Assert.IsTrue(apart > KL(random, Teacher(random).exp()));
        }
    }

    [TestMethod]
    public void Of_mixtures_the_worst_is_taken_and_the_teacher_says_the_mixture()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var (one, many) = (new HardRows { Candidates = 1 }, new HardRows { Candidates = 50 });
        var step = Began(one, state, 1, 1);
        var scores = tensor(new[,] { { 0.9f, 0.1f }, { 0.2f, 0.8f }, { 0.6f, 0.4f } });
        var probe = new Probe(Rows, Labels, new(scores), Student, []);
        var (first, worst) = (one.Move(probe, step)!, many.Move(probe, StepContext.First())!); // the first candidate is the same
        Assert.IsTrue(KL(worst.Features, worst.Teacher!.Scores) > KL(first.Features, first.Teacher!.Scores));
        foreach (var moved in new[] { first, worst })
            for (var row = 0; row < 3; row++) // features and answers lie on the same line from the row to a partner, at most half way
                Assert.IsTrue(Enumerable.Range(0, 3).Any(partner =>
                {
                    var line = (Rows[partner] - Rows[row]).square().sum().ToDouble();
                    var way = partner == row ? 0 : ((moved.Features[row] - Rows[row]) * (Rows[partner] - Rows[row])).sum().ToDouble() / line;
                    return way is >= 0 and <= 0.5 + 1e-6 && Near(moved.Features[row], Rows[row] + way * (Rows[partner] - Rows[row])) && Near(moved.Teacher!.Scores[row], scores[row] + way * (scores[partner] - scores[row]));
                }));

        static bool Near(Tensor a, Tensor b) => (a - b).abs().max().ToDouble() < 1e-5;
    }

    [TestMethod]
    public void A_run_that_does_not_want_moved_rows_has_none() => Assert.IsNull(new HardRows { MovedWeight = 0 }.Move(new(Rows, Labels, null, Student, [Teacher]), StepContext.First()));

    [TestMethod]
    public void Moving_leaves_no_tensors_behind()
    {
        foreach (var teachers in (Func<Tensor, Tensor>[][])[[], [Teacher]])
            foreach (var kd in (Distillation[])[new HardRows(), new MultiTeacherAdversarial()])
                if (teachers.Length > 0 || kd is HardRows)
                {
                    using var state = new PartState();
                    StepContext step;
                    using (NewDisposeScope())
                        step = Began(kd, state, 1, 1);
                    var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
                    using (NewDisposeScope())
                        kd.Move(new(Rows, Labels, new(Teacher(Rows).exp()), Student, teachers), step);
                    Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount, $"{kd}");
                }
    }
}
