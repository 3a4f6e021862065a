namespace Retort.Tests;

/// <summary>Distillations that compare hidden blocks: what follows from their formulas.</summary>
[TestClass]
public sealed class HiddenDistillationTests
{
    private static Targets Labels => Targets.Classes(0, 1, 2, 0, 1, 2);

    private static readonly RelationalDistillation Relations = new() { SoftTargetWeight = 0 };
    private static readonly TokenGraph Graph = new() { SoftTargetWeight = 0, GlobalWeight = 0 };

    private static double Value(Distillation kd, Tensor student, Tensor teacher, Tensor? head = null, PartState? state = null) => kd.Value(
        new(zeros(student.shape[0], 3, dtype: student.dtype)) { Hidden = student, Heads = head is null ? [] : [head] }, Says(teacher), Labels, null, StepContext.First() with { State = state ?? new() }).ToDouble();

    private static TeacherOutput Says(Tensor hidden) => new(full(hidden.shape[0], 3, 1.0 / 3, dtype: hidden.dtype)) { Hidden = hidden };

    [TestMethod]
    public void A_network_that_is_its_teacher_scaled_and_turned_has_no_relation_to_learn()
    {
        using var scope = NewDisposeScope();
        var (hidden, turn) = (Some.Normal(1, float64, 6, 4), Some.Normal(2, float64, 4, 4));
        var turned = 3 * hidden.mm(linalg.qr(turn).Item1) + 5;
        Assert.AreEqual(0, Value(Relations, turned, hidden), 1e-12);
        Assert.IsTrue(Value(Relations, hidden.mm(turn), hidden) > 0.1);
    }

    [TestMethod]
    public void Relations_are_those_of_three_points_by_hand()
    {
        // the teacher's points 0, 3, 4 on a line: distances 3, 4, 1, mean 8/3; the network's 0, 1, 2: 1, 2, 1, mean 4/3
        // relative: 9/8, 12/8, 3/8 and 3/4, 3/2, 3/4; differences 3/8, 0, 3/8; half the squares 9/128 twice, both ways, of 9 pairs
        var (student, teacher) = (tensor(new[,] { { 0.0 }, { 1 }, { 2 } }), tensor(new[,] { { 0.0 }, { 3 }, { 4 } }));
        Assert.AreEqual(4 * 9 / 128.0 / 9, Relations3(new() { SoftTargetWeight = 0, DistanceWeight = 1, AngleWeight = 0 }), 1e-12);
        Assert.AreEqual(0, Relations3(new() { SoftTargetWeight = 0, DistanceWeight = 0 }), 1e-12); // in both the second lies between the others

        double Relations3(RelationalDistillation kd) =>
            kd.Value(new(zeros(3, 3, dtype: float64)) { Hidden = student }, Says(teacher), Targets.Classes(0, 1, 2), null, StepContext.First()).ToDouble();
    }

    [TestMethod]
    public void Rows_that_coincide_have_finite_gradients()
    {
        foreach (var kd in (Distillation[])[Relations, Graph, new TokenGraph(), new NormDirection()])
            foreach (var scale in new[] { 0, 1e-20, 1, 1e4 })
            {
                using var scope = NewDisposeScope();
                using var state = new PartState();
                var teacher = Some.Normal(3, float32, 6, 4);
                var hidden = (scale * Some.Normal(1, float32, 6, 4).index_select(0, tensor(new long[] { 0, 1, 0, 2, 1, 0 }))).requires_grad_();
                kd.Begin(state, new(Labels, Says(teacher)) { Outputs = 3 });
                var value = kd.Value(new(zeros(6, 3)) { Hidden = hidden, Heads = kd is TokenGraph ? [hidden] : [] }, Says(teacher), Labels, null, StepContext.First() with { State = state });
                value.backward();
                Assert.IsTrue(value.isfinite().ToBoolean() && hidden.grad!.isfinite().all().ToBoolean(), $"{kd} {scale}");
            }
    }

    [TestMethod]
    public void Angles_are_taken_between_rows_evenly_spaced() // rows 0, 2, 4 of 6: what is said of the others does not matter
    {
        using var scope = NewDisposeScope();
        var kd = Relations with { DistanceWeight = 0, AngleRows = 3 };
        var (student, teacher) = (Some.Normal(1, float64, 6, 4), Some.Normal(2, float64, 6, 4));
        var other = student.clone();
        other[3] = 7;
        Assert.AreEqual(Value(kd, student, teacher), Value(kd, other, teacher), 1e-12);
        other[4] = 7;
        Assert.AreNotEqual(Value(kd, student, teacher), Value(kd, other, teacher), 1e-6);
    }

    [TestMethod]
    public void Members_of_an_ensemble_are_compared_by_themselves()
    {
        using var scope = NewDisposeScope();
        foreach (var kd in (Distillation[])[Relations, new TokenGraph { SoftTargetWeight = 0 }])
        {
            var (first, second, teacher) = (Some.Normal(1, float64, 3, 4), Some.Normal(2, float64, 3, 4), Some.Normal(3, float64, 3, 4));
            Assert.AreEqual((One(first) + One(second)) / 2, Of(stack([first, second], 1).flatten(0, 1), teacher.repeat_interleave(2, 0), Targets.Classes(0, 0, 1, 1, 2, 2), 2), 1e-12);

            double One(Tensor hidden) => Of(hidden, teacher, Targets.Classes(0, 1, 2), 1);
            double Of(Tensor hidden, Tensor said, Targets targets, int members) => kd.Value(new(zeros(hidden.shape[0], 3, dtype: float64)) { Hidden = hidden, Heads = [2 * hidden] }, Says(said), targets, null, StepContext.First() with { Members = members }).ToDouble();
        }
    }

    [TestMethod]
    public void A_network_that_is_its_teacher_has_no_tokens_to_learn()
    {
        using var scope = NewDisposeScope();
        var hidden = Some.Normal(1, float64, 6, 7);
        Assert.AreEqual(0, Value(Graph, hidden, hidden), 1e-12);
        Assert.IsTrue(Value(Graph with { LocalWeight = 0 }, hidden, hidden.roll(1, 0)) > 1e-3);
        Assert.IsTrue(Value(Graph with { InnerWeight = 0 }, hidden, hidden.roll(1, 0)) > 1e-3);
    }

    [TestMethod]
    public void Only_so_many_tokens_are_compared()
    {
        using var scope = NewDisposeScope();
        var hidden = Some.Normal(1, float64, 6, 40);
        var kd = Graph with { InnerWeight = 0, GlobalWeight = 1, LocalWeight = 0, Nodes = 5 };
        Assert.AreEqual(Math.Log(5), Value(kd, hidden, hidden, zeros(6, 40, dtype: float64)), 1e-12); // a map that says nothing tells none of five apart
        Assert.AreEqual(Math.Log(24), Value(kd with { Nodes = 24 }, hidden, hidden, zeros(6, 40, dtype: float64)), 1e-12);
        Assert.IsTrue(Value(kd with { Nodes = 24, FirstTau = 0.01 }, hidden, hidden, hidden) < 1e-3);
    }

    [TestMethod]
    public void The_comparison_of_tokens_gets_sharper() // from 0.5 to 0.1: after half of the run their geometric mean
    {
        Assert.AreEqual(0.5, Graph.Tau(0), 1e-15);
        Assert.AreEqual(Math.Sqrt(0.05), Graph.Tau(0.5), 1e-15);
        Assert.AreEqual(0.1, Graph.Tau(1), 1e-15);
    }

    [TestMethod]
    public void A_map_that_knows_nothing_costs_1_and_one_that_knows_all_nothing()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var (kd, hidden) = (new HiddenRegression { SoftTargetWeight = 0 }, 5 + 3 * Some.Normal(1, float64, 6, 4));
        kd.Begin(state, new(Labels, Says(hidden)) { Outputs = 3 });
        Assert.AreEqual(1, Value(kd, hidden, hidden, zeros(6, 4, dtype: float64), state), 1e-12);
        Assert.AreEqual(0, Value(kd, hidden, hidden, (hidden - state["mean"]!) / state["spread"]!, state), 1e-12);
    }

    [TestMethod]
    public void A_teacher_that_says_the_same_of_all_rows_is_no_unit()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var kd = new HiddenRegression { SoftTargetWeight = 0 };
        kd.Begin(state, new(Labels, Says(ones(6, 4))) { Outputs = 3 });
        Assert.AreEqual(0.25, Value(kd, ones(6, 4), ones(6, 4), full(6, 4, 0.5), state), 1e-6);
    }

    [TestMethod]
    public void A_block_that_points_at_its_class_costs_less_as_it_grows_to_the_teachers_length()
    {
        // the teacher's rows are (3, 4) and (0, 5) of class 0, mean (1.5, 4.5); class 1 has none
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var (kd, two) = (new NormDirection { SoftTargetWeight = 0 }, Targets.Classes(0, 0));
        var teacher = tensor(new[,] { { 3.0, 4 }, { 0, 5 } });
        kd.Begin(state, new(two, new(full(2, 2, 0.5)) { Hidden = teacher }) { Outputs = 2 });
        Assert.AreEqual(0, (tensor(new[,] { { 1 / Math.Sqrt(10), 3 / Math.Sqrt(10) }, { 0.0, 0 } }) - state["directions"]!).abs().max().ToDouble(), 1e-12);

        double At(double x, double y, Targets targets) => kd.Value(new(zeros(2, 2, dtype: float64)) { Hidden = tensor(new[,] { { x, y }, { x, y } }) },
            new(full(2, 2, 0.5, dtype: float64)) { Hidden = teacher }, targets, null, StepContext.First() with { State = state }).ToDouble();
        Assert.AreEqual(1 - Math.Sqrt(10) / 5, At(1, 3, two), 1e-12); // shorter than 5
        Assert.AreEqual(0, At(10, 30, two), 1e-12);
        Assert.AreEqual(1, At(3, -1, two), 1e-12); // across
        Assert.AreEqual(1, At(1, 3, Targets.Classes(1, 1)), 1e-12); // a class without rows
        Assert.AreEqual(0.5, At(10, 30, Targets.Probabilities(tensor(new[,] { { 0.5, 0.5 }, { 0.5, 0.5 } }))), 1e-12);
    }

    [TestMethod]
    public void Rows_without_a_label_do_not_say_where_classes_are()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        new NormDirection().Begin(state, new(Targets.Classes(0, 0), new(full(2, 2, 0.5)) { Hidden = tensor(new[,] { { 3.0, 4 }, { 0, 5 } }) }) { Outputs = 2, Labeled = tensor(new[] { false, true }) });
        Assert.AreEqual(0, (tensor(new[,] { { 0.0, 1 }, { 0, 0 } }) - state["directions"]!).abs().max().ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Maps_stand_on_the_last_hidden_block_and_are_as_wide_as_the_teachers()
    {
        var shape = new TeachingShape([32, 16], 3, 64);
        Assert.AreEqual(new Head(1, 64), new HiddenRegression().Heads(shape).Single());
        Assert.AreEqual(new Head(0, 64), new HiddenRegression { Below = 1 }.Heads(shape).Single());
        Assert.AreEqual(new Head(1, 64), new TokenGraph().Heads(shape).Single());
        Assert.AreEqual(new Head(1, 64), new NormDirection().Heads(shape).Single());
        Assert.AreEqual(0, new NormDirection().Heads(shape with { TeacherHidden = 16 }).Count);
        Assert.AreEqual(0, new RelationalDistillation().Heads(shape).Count);
        Assert.AreEqual("Below must be less than the network's 2 hidden blocks, but is 2.", Assert.ThrowsExactly<ArgumentException>(() => new HiddenRegression { Below = 2 }.Heads(shape)).Message);
    }

    public static IEnumerable<object[]> OfBlocks => Methods.OfKind(typeof(Distillation)).Where(method => method.Needs.HasFlag(Needs.TeacherFeatures)).Select(method => new object[] { method.Create() });

    [TestMethod, DynamicData(nameof(OfBlocks))]
    public void Networks_and_teachers_without_a_hidden_block_are_refused(Distillation kd)
    {
        var id = Methods.Of(kd).Id;
        Assert.AreEqual($"Network must have a hidden block for '{id}', but has none.", Assert.ThrowsExactly<ArgumentException>(() => kd.Heads(new([], 3, 64))).Message);
        Assert.AreEqual($"The teacher for '{id}', which looks at its hidden block, must be a network of Retort that was fitted before and ends its pipeline, but is not.", Assert.ThrowsExactly<ArgumentException>(() => kd.Heads(new([16], 3, 0))).Message);
        StringAssert.EndsWith(Assert.ThrowsExactly<InvalidOperationException>(() => kd.Value(new(zeros(6, 3)), new(zeros(6, 3)), Labels, null, StepContext.First())).Message, $" must be given for '{id}', but is not.");
    }
}
