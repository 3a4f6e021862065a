namespace Retort.Tests;

[TestClass]
public sealed class GroundTruthTargetsTests
{
    private static double Value(GroundTruthTargets kd, Tensor outputs, Tensor teacher, Targets targets) =>
        kd.Value(new(outputs), new(teacher), targets, null, StepContext.First()).ToDouble();

    [TestMethod]
    public void A_value_by_hand() // 0.6 (2 - 1)^2 + 0.4 (2 - 4)^2
        => Assert.AreEqual(2.2, Value(new(), full(1, 1, 2.0, dtype: float64), full(1, 1, 4.0, dtype: float64), Targets.Values(ones(1))), 1e-12);

    [TestMethod]
    public void Probabilities_by_hand() // even odds, label 0: 0.6 (0.25 + 0.25) + 0.4 (0.09 + 0.09)
        => Assert.AreEqual(0.372, Value(new(), zeros(1, 2, dtype: float64), tensor(new[,] { { 0.8, 0.2 } }), Targets.Classes(0)), 1e-12);

    [TestMethod]
    public void It_differs_from_the_distance_to_the_mix_by_a_constant()
    {
        var (teacher, labels) = (Some.Normal(1, float64, 5, 1), Some.Normal(2, float64, 5, 1));
        double Beside(Tensor s) => Value(new() { LabelWeight = 0.3 }, s, teacher, Targets.Values(labels)) - (s - (0.3 * labels + 0.7 * teacher)).square().mean().ToDouble();
        Assert.AreEqual(Beside(zeros(5, 1, dtype: float64)), Beside(Some.Normal(3, float64, 5, 1)), 1e-12);
    }

    [TestMethod]
    public void Without_a_share_of_the_labels_a_student_like_its_teacher_costs_nothing()
    {
        var logits = Some.Normal(1, float64, 1, 3);
        Assert.AreEqual(0, Value(new() { LabelWeight = 0 }, logits, logits.softmax(1), Targets.Classes(0)), 1e-12);
    }

    [TestMethod]
    public void Runs_of_ridge_regression_end_at_the_strength_over_the_share_of_the_labels()
    {
        var (x, y, share, strength) = (Some.Normal(1, float64, 20, 3), Some.Normal(2, float64, 20, 1), 0.6, 2.0);
        Tensor Fit(Tensor target, double l) => x.mm((x.t().mm(x) + l * eye(3, dtype: float64)).inverse().mm(x.t().mm(target)));
        var taught = Fit(y, strength);
        for (var run = 0; run < 100; run++)
            taught = Fit(share * y + (1 - share) * taught, strength);
        Assert.AreEqual(0, (taught - Fit(y, strength / share)).abs().max().ToDouble(), 1e-9);
    }

    [TestMethod]
    [DataRow(2.0, 0.0, 1.0, 0.5)] // labels halfway
    [DataRow(2.0, 0.0, 3.0, 1.0)] // beyond the fit on labels: clipped
    [DataRow(2.0, 0.0, -1.0, 0.0)]
    [DataRow(2.0, 2.0, 1.0, 1.0)] // nothing to choose
    public void The_mixing_weight_is_where_the_labels_lie_between_two_fits(double fromLabels, double fromTeacher, double label, double expected) => Assert.AreEqual(
        expected, GroundTruthTargets.MixingWeight(full(3, 1, label), full(3, 1, fromLabels), full(3, 1, fromTeacher)), 1e-12);

    [TestMethod]
    public void The_mixing_weight_wants_equal_shapes() => Assert.AreEqual(
        "fromTeacher must have shape [3, 1] as the labels have, but has [2, 1].",
        Assert.ThrowsExactly<ArgumentException>(() => GroundTruthTargets.MixingWeight(ones(3, 1), ones(3, 1), ones(2, 1))).Message);

    [TestMethod]
    public void Settings_have_limits() => Assert.AreEqual(
        "LabelWeight must lie in [0, 1], but is 1.5.", Assert.ThrowsExactly<ArgumentException>(new GroundTruthTargets { LabelWeight = 1.5 }.Validate).Message);
}
