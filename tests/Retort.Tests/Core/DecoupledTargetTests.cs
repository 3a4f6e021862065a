namespace Retort.Tests;

[TestClass]
public sealed class DecoupledTargetTests
{
    private static readonly DecoupledTarget Plain = new() { Temperature = 1, WarmupEpochs = 0 };

    private static double Value(Distillation kd, Tensor logits, Tensor teacher, long label = 0, int epoch = 1) =>
        kd.Value(new(logits), new(teacher), Targets.Classes(label), null, StepContext.First() with { Epoch = epoch }).ToDouble();

    [TestMethod]
    public void Each_part_is_a_divergence() // b: (1/2, 1/2) against (1/3, 2/3), o: (4/5, 1/5) against (1/2, 1/2)
    {
        var (logits, teacher) = (zeros(1, 3, dtype: float64), tensor(new[,] { { 0.5, 0.4, 0.1 } }));
        Assert.AreEqual(0.5 * Math.Log(3 / 2.0) + 0.5 * Math.Log(3 / 4.0), Value(Plain with { Beta = 0 }, logits, teacher), 1e-12);
        Assert.AreEqual(0.8 * Math.Log(1.6) + 0.2 * Math.Log(0.4), Value(Plain with { Alpha = 0, Beta = 1 }, logits, teacher), 1e-12);
    }

    [TestMethod]
    public void Kd_is_the_first_part_and_the_second_times_what_the_teacher_leaves_to_the_others()
    {
        var (logits, teacher) = (Some.Normal(1, float64, 1, 5), Some.Probabilities(2, float64, 1, 5));
        var miss = 1 - (teacher.log() / 3).softmax(1)[0, 2].ToDouble();
        Assert.AreEqual(
            Value(new SoftTargets { Temperature = 3 }, logits, teacher, 2),
            Value(new DecoupledTarget { Alpha = 1, Beta = miss, Temperature = 3, WarmupEpochs = 0 }, logits, teacher, 2), 1e-12);
    }

    [TestMethod]
    public void With_two_classes_it_is_kd_times_alpha()
    {
        var (logits, teacher) = (Some.Normal(1, float64, 1, 2), Some.Probabilities(2, float64, 1, 2));
        var kd = Value(new SoftTargets { Temperature = 4 }, logits, teacher);
        foreach (var beta in new[] { 0.0, 8 })
            Assert.AreEqual(0.5 * kd, Value(new DecoupledTarget { Alpha = 0.5, Beta = beta, WarmupEpochs = 0 }, logits, teacher), 1e-12);
    }

    [TestMethod]
    public void The_teachers_part_grows_over_the_first_epochs()
    {
        var (logits, teacher) = (Some.Normal(1, float64, 1, 3), Some.Probabilities(2, float64, 1, 3));
        var full = Value(new DecoupledTarget { WarmupEpochs = 0 }, logits, teacher);
        foreach (var (epoch, share) in new[] { (1, 0.05), (10, 0.5), (20, 1), (200, 1) })
            Assert.AreEqual(share * full, Value(new DecoupledTarget(), logits, teacher, 0, epoch), 1e-12);
    }

    [TestMethod]
    public void A_student_that_says_what_the_teacher_says_costs_nothing()
    {
        var logits = Some.Normal(1, float64, 1, 4);
        Assert.AreEqual(0, Value(new DecoupledTarget { WarmupEpochs = 0 }, logits + 5, logits.softmax(1)), 1e-12);
    }

    [TestMethod]
    public void What_is_left_to_the_others_keeps_its_digits() // one minus a probability would be 0 in single precision
    {
        var sure = tensor(new float[,] { { 40, 0, 0 } });
        Assert.AreEqual(40 - Math.Log(2), -ClassSplit.Of(sure, tensor(new long[] { 0 })).Rest.ToDouble(), 1e-5);
    }

    [TestMethod]
    public void Real_values_are_refused() => Assert.AreEqual(
        "Targets must be classes, but are real values.",
        Assert.ThrowsExactly<InvalidOperationException>(() => Plain.Value(new(zeros(1, 3)), new(zeros(1, 3)), Targets.Values(zeros(1)), null, StepContext.First())).Message);

    [TestMethod]
    public void Settings_have_limits()
    {
        Assert.AreEqual("Beta must be at least 0, but is -1.", Assert.ThrowsExactly<ArgumentException>(new DecoupledTarget { Beta = -1 }.Validate).Message);
        Assert.AreEqual("WarmupEpochs must be at least 0, but is -1.", Assert.ThrowsExactly<ArgumentException>(new DecoupledTarget { WarmupEpochs = -1 }.Validate).Message);
    }
}
