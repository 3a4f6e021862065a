namespace Retort.Tests;

[TestClass]
public sealed class BalancedDivergenceTests
{
    private static readonly Tensor Sure = tensor(new[,] { { 0.9, 0.05, 0.05 } }).DetachFromDisposeScope(), Unsure = tensor(new[,] { { 0.4, 0.35, 0.25 } }).DetachFromDisposeScope();

    private static double Value(Distillation kd, Tensor student, Tensor teacher) =>
        kd.Value(new(student.log()), new(teacher), Targets.Classes(0), null, StepContext.First()).ToDouble();

    private static double Only(DivergenceForm form, Tensor student, Tensor teacher) => Value(new FDivergence { Form = form, Temperature = 1 }, student, teacher);

    [TestMethod]
    public void A_student_less_sure_than_its_teacher_has_the_reverse_divergence() =>
        Assert.AreEqual(Only(DivergenceForm.ReverseKL, Unsure, Sure), Value(new BalancedDivergence { Sharpness = 1000, Temperature = 1 }, Unsure, Sure), 1e-12);

    [TestMethod]
    public void A_student_surer_than_its_teacher_has_the_forward_divergence() =>
        Assert.AreEqual(Only(DivergenceForm.ForwardKL, Sure, Unsure), Value(new BalancedDivergence { Sharpness = 1000, Temperature = 1 }, Sure, Unsure), 1e-12);

    [TestMethod]
    public void A_negative_sharpness_turns_the_rule_around() =>
        Assert.AreEqual(Only(DivergenceForm.ForwardKL, Unsure, Sure), Value(new BalancedDivergence { Sharpness = -1000, Temperature = 1 }, Unsure, Sure), 1e-12);

    [TestMethod]
    public void A_sharpness_of_0_takes_the_mean_of_both() => Assert.AreEqual(
        (Only(DivergenceForm.ForwardKL, Sure, Unsure) + Only(DivergenceForm.ReverseKL, Sure, Unsure)) / 2,
        Value(new BalancedDivergence { Sharpness = 0, Temperature = 1 }, Sure, Unsure), 1e-12);

    [TestMethod]
    public void A_student_that_says_what_the_teacher_says_costs_nothing() => Assert.AreEqual(0, Value(new BalancedDivergence(), Sure, Sure), 1e-12);

    [TestMethod]
    public void The_balance_is_held_fixed_when_gradients_are_taken() // the gradient is that of the two divergences in the shares that they have here
    {
        var share = 1 / (1 + Math.Exp(-10 * (Entropy(Unsure) - Entropy(Sure)) / Math.Log(3)));
        var expected = (1 - share) * Gradient(new FDivergence { Form = DivergenceForm.ForwardKL, Temperature = 1 }) + share * Gradient(new FDivergence { Form = DivergenceForm.ReverseKL, Temperature = 1 });
        Assert.AreEqual(0, (Gradient(new BalancedDivergence { Temperature = 1 }) - expected).abs().max().ToDouble(), 1e-12);

        static double Entropy(Tensor p) => -(p * p.log()).sum().ToDouble();
        static Tensor Gradient(Distillation kd)
        {
            var logits = Unsure.log().requires_grad_();
            kd.Value(new(logits), new(Sure), Targets.Classes(0), null, StepContext.First()).backward();
            return logits.grad!;
        }
    }

    [TestMethod]
    public void Settings_have_limits() => Assert.AreEqual(
        "Sharpness must lie in [-1000, 1000], but is 1001.", Assert.ThrowsExactly<ArgumentException>(new BalancedDivergence { Sharpness = 1001 }.Validate).Message);
}
