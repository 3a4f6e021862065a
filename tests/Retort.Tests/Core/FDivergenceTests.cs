namespace Retort.Tests;

[TestClass]
public sealed class FDivergenceTests
{
    private static readonly Tensor P = Some.Probabilities(1, float64, 6, 4).DetachFromDisposeScope(), Q = Some.Probabilities(2, float64, 6, 4).DetachFromDisposeScope();

    public static IEnumerable<object[]> Forms => Enum.GetValues<DivergenceForm>().Select(form => new object[] { form });

    /// <summary>Of the student's probabilities q from the teacher's p.</summary>
    private static double Value(FDivergence kd, Tensor p, Tensor q) =>
        kd.Value(new(q.log().clamp_min(-1e4)), new(p), Targets.Classes(zeros(p.shape[0], dtype: int64)), null, StepContext.First()).ToDouble();

    private static FDivergence At1(DivergenceForm form, double alpha = 0.5) => new() { Form = form, Alpha = alpha, Temperature = 1 };

    [TestMethod]
    [DataRow(DivergenceForm.ForwardKL, 0.22314355131420976)] // 0.5 ln(0.25 / 0.16)
    [DataRow(DivergenceForm.ReverseKL, 0.19274475702175753)] // 0.8 ln 1.6 + 0.2 ln 0.4
    [DataRow(DivergenceForm.TotalVariation, 0.3)] // (0.3 + 0.3) / 2
    [DataRow(DivergenceForm.Alpha, 0.2052668077979447)] // 4 (1 - sqrt 0.4 - sqrt 0.1)
    public void Even_odds_beside_four_to_one(DivergenceForm form, double expected) =>
        Assert.AreEqual(expected, Value(At1(form), tensor(new[,] { { 0.5, 0.5 } }), tensor(new[,] { { 0.8, 0.2 } })), 1e-12);

    [TestMethod, DynamicData(nameof(Forms))]
    public void A_student_that_says_what_the_teacher_says_costs_nothing(DivergenceForm form)
    {
        foreach (var temperature in new[] { 1.0, 2, 10 })
            Assert.AreEqual(0, Value(new() { Form = form, Temperature = temperature }, P, P), 1e-12);
    }

    [TestMethod]
    public void The_reverse_divergence_is_the_forward_one_of_exchanged_sides() =>
        Assert.AreEqual(Value(At1(DivergenceForm.ForwardKL), P, Q), Value(At1(DivergenceForm.ReverseKL), Q, P), 1e-12);

    [TestMethod]
    public void Forward_is_kd() => Assert.AreEqual(
        new SoftTargets { Temperature = 3 }.Value(new(Q.log()), new(P), Targets.Classes(0, 0, 0, 0, 0, 0), null, StepContext.First()).ToDouble(),
        Value(new() { Form = DivergenceForm.ForwardKL, Temperature = 3 }, P, Q), 1e-12);

    [TestMethod]
    [DataRow(DivergenceForm.JensenShannon)]
    [DataRow(DivergenceForm.TotalVariation)]
    [DataRow(DivergenceForm.Alpha)]
    public void Some_do_not_mind_which_side_is_which(DivergenceForm form) =>
        Assert.AreEqual(Value(At1(form), P, Q), Value(At1(form), Q, P), 1e-12);

    [TestMethod]
    [DataRow(DivergenceForm.JensenShannon, 0.6931471805599453)] // ln 2
    [DataRow(DivergenceForm.TotalVariation, 1)]
    [DataRow(DivergenceForm.Alpha, 4)] // 1 / (0.5 * 0.5)
    public void Some_have_a_largest_value_where_nothing_is_shared(DivergenceForm form, double most)
    {
        Assert.AreEqual(most, Value(At1(form), tensor(new[,] { { 1.0, 0 } }), tensor(new[,] { { 0.0, 1 } })), 1e-5); // a teacher's 0 counts as 1e-12, of which alpha takes the root
        Assert.IsTrue(Value(At1(form), P, Q) < most);
    }

    [TestMethod]
    public void Alpha_lies_between_the_two_divergences_and_turns_around_with_the_sides()
    {
        Assert.AreEqual(Value(At1(DivergenceForm.ForwardKL), P, Q), Value(At1(DivergenceForm.Alpha, 0.99), P, Q), 0.02);
        Assert.AreEqual(Value(At1(DivergenceForm.ReverseKL), P, Q), Value(At1(DivergenceForm.Alpha, 0.01), P, Q), 0.02);
        Assert.AreEqual(Value(At1(DivergenceForm.Alpha, 0.3), P, Q), Value(At1(DivergenceForm.Alpha, 0.7), Q, P), 1e-12);
    }

    [TestMethod, DynamicData(nameof(Forms))]
    public void The_gradient_keeps_its_size_at_high_temperatures(DivergenceForm form) // else a temperature would be a weight
    {
        double Size(double temperature)
        {
            var logits = Q.log().requires_grad_();
            new FDivergence { Form = form, Temperature = temperature }.Value(new(logits), new(P), Targets.Classes(0, 0, 0, 0, 0, 0), null, StepContext.First()).backward();
            return logits.grad!.norm().ToDouble();
        }

        Assert.AreEqual(1, Size(200) / Size(100), 0.05);
    }

    [TestMethod]
    public void The_ends_of_alpha_are_forms_of_their_own() => Assert.AreEqual(
        "Alpha must lie in [0.01, 0.99], but is 1.", Assert.ThrowsExactly<ArgumentException>(new FDivergence { Alpha = 1 }.Validate).Message);

    [TestMethod]
    public void One_output_is_refused() => Assert.AreEqual(
        "the student's logits must have shape [rows, classes] with at least 2 classes, but has [1, 1].",
        Assert.ThrowsExactly<ArgumentException>(() => Value(new(), ones(1, 1), ones(1, 1))).Message);
}
