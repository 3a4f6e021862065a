namespace Retort.Tests;

[TestClass]
public sealed class NormalizedTargetsTests
{
    private static Tensor Value(NormalizedTargets kd, Tensor logits, Tensor teacher, long label = 0) =>
        kd.Value(new(logits), new(teacher), Targets.Classes(label), null, StepContext.First());

    [TestMethod]
    public void Even_logits_by_hand() // target: 0.6 ln 3; others: the teacher's (3/4, 1/4) against (1/2, 1/2), a cross-entropy of ln 2, times 1.5
        => Assert.AreEqual(0.6 * Math.Log(3) + 1.5 * Math.Log(2), Value(new(), zeros(1, 3, dtype: float64), tensor(new[,] { { 0.6, 0.3, 0.1 } })).ToDouble(), 1e-12);

    [TestMethod]
    public void The_other_classes_are_compared_whatever_they_have_together()
    {
        var (logits, teacher) = (Some.Normal(1, float64, 1, 4), Some.Probabilities(2, float64, 1, 4));
        var raised = logits + tensor(new[,] { { 0.0, 3, 3, 3 } });
        double Others(Tensor l) => Value(new() { Gamma = 1 }, l, teacher).ToDouble() - Value(new() { Gamma = 0 }, l, teacher).ToDouble();
        Assert.AreEqual(Others(logits), Others(raised), 1e-12);
    }

    [TestMethod]
    public void With_two_classes_it_is_cross_entropy_weighted_by_the_teacher()
    {
        var logits = Some.Normal(1, float64, 1, 2);
        Assert.AreEqual(0.7 * new CrossEntropyLoss().Value(logits, Targets.Classes(0)).ToDouble(), Value(new(), logits, tensor(new[,] { { 0.7, 0.3 } })).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void A_student_like_its_teacher_is_still_pushed_to_the_true_class()
    {
        var logits = Some.Normal(1, float64, 1, 4).requires_grad_();
        Value(new() { Gamma = 2 }, logits, logits.detach().softmax(1)).backward();
        var p = logits.detach().softmax(1)[0, 0].ToDouble();
        Assert.AreEqual(-p * (1 - p), logits.grad![0, 0].ToDouble(), 1e-12); // of -p ln p with the first p fixed; the other classes' part has no slope here
    }

    [TestMethod]
    public void Settings_have_limits() => Assert.AreEqual(
        "Gamma must be at least 0, but is -1.", Assert.ThrowsExactly<ArgumentException>(new NormalizedTargets { Gamma = -1 }.Validate).Message);
}
