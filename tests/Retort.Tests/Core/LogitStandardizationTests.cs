namespace Retort.Tests;

[TestClass]
public sealed class LogitStandardizationTests
{
    private static double Value(Tensor logits, Tensor teacher, double temperature = 2) =>
        new LogitStandardization { Temperature = temperature }.Value(new(logits), new(teacher), Targets.Classes(0), null, StepContext.First()).ToDouble();

    [TestMethod]
    public void Logits_of_another_size_and_level_cost_nothing()
    {
        var logits = Some.Normal(1, float64, 1, 5);
        foreach (var (factor, shift) in new[] { (1.0, 0.0), (0.3, 2), (40, -7) })
            Assert.AreEqual(0, Value(factor * logits + shift, (3 * logits).softmax(1)), 1e-9); // but for the 1e-6 beside the variance
    }

    [TestMethod]
    public void Three_classes_by_hand() // student (1, -1, 0) has the deviation sqrt(2/3); teacher (2/3, 1/6, 1/6) has logits (ln 4, 0, 0), standardised (2, -1, -1) / sqrt 2
    {
        double a = Math.Exp(Math.Sqrt(1.5)), b = Math.Exp(Math.Sqrt(2)), c = Math.Exp(-Math.Sqrt(0.5));
        double[] s = [a / (a + 1 / a + 1), 1 / a / (a + 1 / a + 1), 1 / (a + 1 / a + 1)], t = [b / (b + 2 * c), c / (b + 2 * c), c / (b + 2 * c)];
        var expected = Enumerable.Range(0, 3).Sum(k => t[k] * Math.Log(t[k] / s[k]));
        Assert.AreEqual(expected, Value(tensor(new[,] { { 1.0, -1, 0 } }), tensor(new[,] { { 2 / 3.0, 1 / 6.0, 1 / 6.0 } }), 1), 1e-5);
    }

    [TestMethod]
    public void A_teacher_that_does_not_know_is_followed() // even probabilities have no deviation: the student is drawn to even ones
    {
        var logits = Some.Normal(1, float64, 1, 3).requires_grad_();
        new LogitStandardization().Value(new(logits), new(full(1, 3, 1 / 3.0, dtype: float64)), Targets.Classes(0), null, StepContext.First()).backward();
        Assert.IsTrue(logits.grad!.isfinite().all().ToBoolean());
        Assert.AreEqual(0, Value(zeros(1, 3, dtype: float64), full(1, 3, 1 / 3.0, dtype: float64)), 1e-12);
    }

    [TestMethod]
    public void Two_classes_are_refused() // standardised they are always (-1, 1)
    {
        Assert.AreEqual(
            "the student's logits must have shape [rows, classes] with at least 3 classes, but has [1, 2].",
            Assert.ThrowsExactly<ArgumentException>(() => Value(zeros(1, 2), ones(1, 2) / 2)).Message);
        Assert.AreEqual(
            "Distillation must serve the task Binary, but is 'logit-standard', which serves Multiclass.",
            Assert.ThrowsExactly<ArgumentException>(() => new Recipe { Distillation = new LogitStandardization() }.Validate(LearningTask.Binary)).Message);
    }
}
