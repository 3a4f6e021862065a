namespace Retort.Tests;

[TestClass]
public sealed class CustomizedTargetsTests
{
    private static Tensor Value(CustomizedTargets kd, Tensor logits, Tensor weak, params long[] labels) =>
        kd.Value(new(logits) { Heads = [weak] }, Targets.Classes(labels), null, StepContext.First());

    [TestMethod]
    public void Rows_alike_by_hand() // P = 1 for all; others: Zipf's (2/3, 1/3) in the order of (e^2, 1) against (s', 1 - s')
    {
        var logits = tensor(new[,] { { 0.0, 1, 0 }, { 0.0, 1, 0 } });
        var own = Math.Exp(1) / (1 + Math.Exp(1));
        var expected = Math.Log(2 + Math.Exp(1)) - 0.1 * (2.0 / 3 * Math.Log(own) + 1.0 / 3 * Math.Log(1 - own)) + 0.005 * Math.Log(3);
        Assert.AreEqual(expected, Value(new(), logits, zeros(2, 3, dtype: float64), 0, 0).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void The_weak_head_ranks_what_the_network_does_not_tell_apart()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 3, dtype: float64).requires_grad_();
        Value(new() { TargetWeight = 0 }, logits, tensor(new[,] { { 5.0, 0, 1 } }), 0).backward();
        Assert.IsTrue(logits.grad![0, 2].ToDouble() < 0 && logits.grad![0, 1].ToDouble() > 0); // class 2 is raised over class 1
        Assert.AreEqual(0, logits.grad![0, 0].ToDouble(), 1e-15);
    }

    [TestMethod]
    public void The_weak_head_learns_the_smoothed_label()
    {
        using var scope = NewDisposeScope();
        var weak = zeros(1, 4, dtype: float64).requires_grad_();
        Value(new() { WeakWeight = 1 }, Some.Normal(1, float64, 1, 4), weak, 2).backward();
        CollectionAssert.AreEqual(new[] { 225, 225, -675, 225 }, weak.grad!.data<double>().ToArray().Select(slope => (int)Math.Round(1000 * slope)).ToArray()); // 1/4 - 0.025, and 1/4 - 0.925
    }

    [TestMethod]
    public void Two_classes_are_refused()
    {
        const string expected = "The number of classes for 'uskd' must be at least 3, but is 2.";
        Assert.AreEqual(expected, Assert.ThrowsExactly<ArgumentException>(() => Value(new(), zeros(1, 2), zeros(1, 2), 0)).Message);
        Assert.AreEqual(expected, Assert.ThrowsExactly<ArgumentException>(() => new CustomizedTargets().Heads(new([8], 2, 0))).Message);
    }

    [TestMethod]
    public void The_head_stands_on_the_middle_block()
    {
        int On(params int[] blocks) => new CustomizedTargets().Heads(new(blocks, 5, 0)).Single().Block;
        CollectionAssert.AreEqual(new[] { 0, 0, 1, 1 }, new[] { On(8), On(8, 8), On(8, 8, 8), On(8, 8, 8, 8) });
        Assert.AreEqual("Network must have a hidden block for 'uskd', but has none.", Assert.ThrowsExactly<ArgumentException>(() => On()).Message);
    }

    [TestMethod]
    public void A_head_that_is_missing_is_named() => Assert.AreEqual("The number of the student's heads must be 1, but is 0.", Assert.ThrowsExactly<ArgumentException>(
        () => new CustomizedTargets().Value(new(zeros(1, 3)), Targets.Classes(0), null, StepContext.First())).Message);
}
