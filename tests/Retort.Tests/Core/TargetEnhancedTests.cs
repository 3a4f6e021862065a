namespace Retort.Tests;

[TestClass]
public sealed class TargetEnhancedTests
{
    private static double Value(TargetEnhanced kd, Tensor logits, Tensor teacher, params Tensor[] branches) =>
        kd.Value(new(logits) { Heads = branches }, new(teacher), Targets.Classes(0), null, StepContext.First()).ToDouble();

    [TestMethod]
    public void Even_logits_by_hand() // ln 3 times (1.6^2 - 1 + 0.3^2 + 0.1^2)
        => Assert.AreEqual(1.66 * Math.Log(3), Value(new() { Epsilon = 2 }, zeros(1, 3, dtype: float64), tensor(new[,] { { 0.6, 0.3, 0.1 } })), 1e-12);

    [TestMethod]
    public void Epsilon_1_is_the_cross_entropy_of_the_teacher()
    {
        var (logits, teacher) = (Some.Normal(1, float64, 1, 4), Some.Probabilities(2, float64, 1, 4));
        Assert.AreEqual(-(teacher * logits.log_softmax(1)).sum().ToDouble(), Value(new() { Epsilon = 1 }, logits, teacher), 1e-12);
    }

    [TestMethod]
    public void Each_exit_costs_what_the_network_would()
    {
        var (logits, branch, teacher, kd) = (Some.Normal(1, float64, 1, 4), Some.Normal(3, float64, 1, 4), Some.Probabilities(2, float64, 1, 4), new TargetEnhanced { BranchWeight = 0.5 });
        Assert.AreEqual(Value(kd, logits, teacher) + 0.5 * Value(kd, branch, teacher) + 0.5 * Value(kd, logits, teacher), Value(kd, logits, teacher, branch, logits), 1e-12);
    }

    [TestMethod]
    public void Exits_stand_on_all_blocks_but_the_last()
    {
        CollectionAssert.AreEqual(new[] { new Head(0, 5), new Head(1, 5) }, new TargetEnhanced().Heads(new([8, 7, 6], 5, 0)).ToArray());
        Assert.AreEqual(0, new TargetEnhanced().Heads(new([8], 5, 0)).Count + new TargetEnhanced().Heads(new([], 5, 0)).Count + new TargetEnhanced { BranchWeight = 0 }.Heads(new([8, 7], 5, 0)).Count);
    }

    [TestMethod]
    public void Settings_have_limits() => Assert.AreEqual(
        "Epsilon must be at least 1, but is 0.5.", Assert.ThrowsExactly<ArgumentException>(new TargetEnhanced { Epsilon = 0.5 }.Validate).Message);
}
