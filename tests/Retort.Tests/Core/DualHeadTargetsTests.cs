namespace Retort.Tests;

[TestClass]
public sealed class DualHeadTargetsTests
{
    private static Tensor Value(DualHeadTargets kd, Tensor head, Tensor teacher) =>
        kd.Value(new(zeros_like(head)) { Heads = [head] }, new(teacher), Targets.Values(zeros(head.shape[0])), null, StepContext.First());

    [TestMethod]
    public void A_distance_of_2_at_temperature_1_is_ln_cosh_1() =>
        Assert.AreEqual(Math.Log(Math.Cosh(1)), Value(new() { Temperature = 1 }, full(1, 1, 5, dtype: float64), full(1, 1, 3, dtype: float64)).ToDouble(), 1e-12);

    [TestMethod]
    public void Near_it_is_a_square_and_far_a_slope() // (h - t)^2 / 8, T |h - t| / 2
    {
        double At(double distance) => Value(new(), full(1, 1, distance, dtype: float64), zeros(1, 1, dtype: float64)).ToDouble();
        Assert.AreEqual(1e-4 / 8, At(0.01), 1e-9);
        Assert.AreEqual(1, At(101) - At(100), 1e-9);
    }

    [TestMethod]
    public void The_networks_own_outputs_do_not_learn_from_the_teacher()
    {
        using var scope = NewDisposeScope();
        var (logits, head) = (Some.Normal(1, float64, 2, 3).requires_grad_(), Some.Normal(2, float64, 2, 3).requires_grad_());
        new DualHeadTargets().Value(new(logits) { Heads = [head] }, new(Some.Probabilities(3, float64, 2, 3)), Targets.Classes(0, 1), null, StepContext.First()).backward();
        Assert.IsNull(logits.grad);
        Assert.IsNotNull(head.grad);
    }

    [TestMethod]
    public void A_head_that_says_the_teachers_logits_costs_nothing()
    {
        var teacher = Some.Probabilities(3, float64, 2, 3);
        Assert.AreEqual(0, new DualHeadTargets().Value(new(zeros_like(teacher)) { Heads = [teacher.log()] }, new(teacher), Targets.Classes(0, 1), null, StepContext.First()).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void The_head_stands_on_the_last_block_and_may_have_two_layers() =>
        Assert.AreEqual(new Head(1, 3) { Hidden = 64 }, new DualHeadTargets { HeadWidth = 64 }.Heads(new([8, 6], 3, 0)).Single());

    [TestMethod]
    public void Labels_must_count()
    {
        Assert.AreEqual("Mode must let the labels count for 'dhkd', from which alone the network's own outputs learn, but is Replace with Weight 0.5.",
            Assert.ThrowsExactly<ArgumentException>(() => new DualHeadTargets { Mode = DistillationMode.Replace }.Heads(new([8], 3, 0))).Message);
        Assert.AreEqual("Mode must let the labels count for 'dhkd', from which alone the network's own outputs learn, but is Blend with Weight 1.",
            Assert.ThrowsExactly<ArgumentException>(() => new DualHeadTargets { Weight = 1 }.Heads(new([8], 3, 0))).Message);
    }
}
