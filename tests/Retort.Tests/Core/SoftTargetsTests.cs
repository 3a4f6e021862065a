namespace Retort.Tests;

[TestClass]
public sealed class SoftTargetsTests
{
    private static readonly Targets Class0 = Targets.Classes(0);

    private static double Value(SoftTargets kd, Tensor logits, Tensor teacher, Targets? targets = null) =>
        kd.Value(new(logits), new(teacher), targets ?? Class0, null, StepContext.First()).ToDouble();

    [TestMethod]
    public void A_student_that_says_what_the_teacher_says_costs_nothing()
    {
        var logits = Some.Normal(1, float64, 1, 3);
        foreach (var temperature in new[] { 1.0, 2.0, 10.0 })
            Assert.AreEqual(0, Value(new() { Temperature = temperature }, logits + 5, logits.softmax(1)), 1e-12); // + 5: logits are known up to a constant
    }

    [TestMethod]
    public void Temperature_1_is_the_divergence_itself() // teacher (0.8, 0.2), student (0.5, 0.5): 0.8 ln 1.6 + 0.2 ln 0.4
        => Assert.AreEqual(0.8 * Math.Log(1.6) + 0.2 * Math.Log(0.4), Value(new() { Temperature = 1 }, zeros(1, 2, dtype: float64), tensor(new[,] { { 0.8, 0.2 } })), 1e-12);

    [TestMethod]
    public void Temperature_2_softens_both_sides_and_scales_by_4() // teacher logits (2 ln 2, 0) / 2 give (2/3, 1/3): 4 (2/3 ln 4/3 + 1/3 ln 2/3)
        => Assert.AreEqual(4 * (2 / 3.0 * Math.Log(4 / 3.0) + 1 / 3.0 * Math.Log(2 / 3.0)), Value(new(), zeros(1, 2, dtype: float64), tensor(new[,] { { 0.8, 0.2 } })), 1e-12);

    [TestMethod]
    public void Regression_is_the_squared_distance_to_the_teachers_value() // (1 - 4)^2
        => Assert.AreEqual(9, Value(new() { Temperature = 7 }, ones(1, 1, dtype: float64), full(1, 1, 4.0, dtype: float64), Targets.Values(zeros(1))), 1e-12);

    [TestMethod]
    [DataRow(DistillationMode.Blend, 0.25 * 3 + 0.75 * 5)]
    [DataRow(DistillationMode.Add, 3 + 0.75 * 5)]
    [DataRow(DistillationMode.Replace, 0.75 * 5)]
    public void Modes_join_labels_3_and_teacher_5_with_weight_three_quarters(DistillationMode mode, double expected) =>
        Assert.AreEqual(expected, new SoftTargets { Weight = 0.75, Mode = mode }.Join(tensor(3.0), tensor(5.0)).ToDouble(), 1e-12);

    [TestMethod]
    public void The_teacher_must_know_the_same_classes() => Assert.AreEqual(
        "the teacher's scores must have shape [1, 2] as the student has, but has [1, 3].",
        Assert.ThrowsExactly<ArgumentException>(() => Value(new(), zeros(1, 2), ones(1, 3))).Message);

    [TestMethod]
    public void A_blend_needs_a_weight_of_at_most_1()
    {
        Assert.AreEqual("Weight must lie in [0, 1], but is 1.2.", Assert.ThrowsExactly<ArgumentException>(new SoftTargets { Weight = 1.2 }.Validate).Message);
        new SoftTargets { Weight = 1.2, Mode = DistillationMode.Add }.Validate();
    }

    [TestMethod]
    public void A_temperature_of_0_is_refused() =>
        Assert.AreEqual("Temperature must be more than 0, but is 0.", Assert.ThrowsExactly<ArgumentException>(new SoftTargets { Temperature = 0 }.Validate).Message);
}
