namespace Retort.Tests;

[TestClass]
public sealed class ProgressiveTargetsTests
{
    private static StepContext Step(PartState state, double progress, Tensor rows) => new(1, progress, new(1)) { State = state, Rows = rows };

    [TestMethod]
    public void The_target_is_what_the_row_said_last_whatever_its_place_in_the_step()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var (kd, all) = (new ProgressiveTargets { AlphaT = 0.5 }, Targets.Classes(0, 1, 0));
        kd.Begin(state, new(all, null) { Outputs = 2 });
        var said = tensor(new[,] { { 0.9, 0.1 }, { 0.3, 0.7 }, { 0.4, 0.6 } });
        Tensor Value(Tensor p, Targets targets, double progress, params long[] rows) => kd.Value(new(p.log()), targets, null, Step(state, progress, tensor(rows)));
        Assert.AreEqual(-(Math.Log(0.9) + Math.Log(0.7) + Math.Log(0.4)) / 3, Value(said, all, 0.9, 0, 1, 2).ToDouble(), 1e-12); // first seen: labels alone
        // row 2: share 0.4, target 0.6 (1, 0) + 0.4 (0.4, 0.6) = (0.76, 0.24)
        var half = full(1, 2, 0.5, dtype: float64);
        Assert.AreEqual(Math.Log(2), Value(half, Targets.Classes(0), 0.8, 2).ToDouble(), 1e-7);
        // row 0: target 0.6 (1, 0) + 0.4 (0.9, 0.1) = (0.96, 0.04); row 2 now said a half: (0.8, 0.2)
        var next = tensor(new[,] { { 0.2, 0.8 }, { 0.2, 0.8 } });
        Assert.AreEqual(-((0.8 + 0.96) * Math.Log(0.2) + (0.2 + 0.04) * Math.Log(0.8)) / 2, Value(next, Targets.Classes(0, 0), 0.8, 2, 0).ToDouble(), 1e-7);
    }

    [TestMethod]
    public void In_regression_values_are_mixed() // target 0.75 * 1 + 0.25 * 3 = 1.5
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var (kd, label) = (new ProgressiveTargets { AlphaT = 0.5 }, Targets.Values(ones(1, dtype: float64)));
        kd.Begin(state, new(label, null) { Outputs = 1 });
        Assert.AreEqual(4, kd.Value(new(full(1, 1, 3, dtype: float64)), label, null, Step(state, 0, tensor(new long[] { 0 }))).ToDouble(), 1e-12);
        Assert.AreEqual(0.25, kd.Value(new(full(1, 1, 2, dtype: float64)), label, null, Step(state, 0.5, tensor(new long[] { 0 }))).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Members_of_an_ensemble_have_tables_of_their_own()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var kd = new ProgressiveTargets();
        kd.Begin(state, new(Targets.Classes(0, 1, 2), null) { Outputs = 3, Members = 2 });
        CollectionAssert.AreEqual(new long[] { 6, 3 }, state["said"]!.shape);
        CollectionAssert.AreEqual(new long[] { 0, 0, 1, 1, 2, 2 }, state["said"]!.argmax(1).data<long>().ToArray());
    }

    [TestMethod]
    public void Outside_a_run_it_is_cross_entropy()
    {
        var (logits, targets) = (Some.Normal(1, float64, 3, 4), Targets.Classes(0, 3, 1));
        Assert.AreEqual(new CrossEntropyLoss().Value(logits, targets).ToDouble(), new ProgressiveTargets().Value(new(logits), targets, null, StepContext.First() with { Progress = 0.9 }).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void It_begins_in_place_of_the_labels() => Assert.AreEqual((DistillationMode.Replace, 1.0), (new ProgressiveTargets().Mode, new ProgressiveTargets().Weight));

    [TestMethod]
    public void Outputs_that_are_no_value_are_refused() => Assert.AreEqual("the student's outputs must have shape [rows, 1], but has [2, 3].", Assert.ThrowsExactly<ArgumentException>(
        () => new ProgressiveTargets().Value(new(zeros(2, 3)), Targets.Values(zeros(2)), null, StepContext.First())).Message);
}
