namespace Retort.Tests;

[TestClass]
public sealed class SinkhornDistanceTests
{
    private static double Value(SinkhornDistance kd, Tensor logits, Tensor teacher, Tensor? weights = null, int members = 1) =>
        kd.Value(new(logits), new(teacher), Targets.Classes(zeros(logits.shape[0], dtype: int64)), weights, StepContext.First() with { Members = members }).ToDouble();

    private static Tensor Cost(int rows) => cdist(Some.Probabilities(1, float64, rows, 3), Some.Probabilities(2, float64, rows, 3), 1).unsqueeze(0);

    [TestMethod]
    [DataRow(0.1)]
    [DataRow(0.01)]
    public void A_plan_takes_each_rows_weight_from_it_and_brings_each_its_own(double epsilon)
    {
        var weights = tensor(new[,] { { 1.0, 2, 0, 0.5, 1 } });
        var plan = new SinkhornDistance { Epsilon = epsilon, Iterations = 2000 }.Plan(Cost(5), weights);
        Assert.IsTrue(plan.ge(0).all().ToBoolean());
        Assert.AreEqual(0, (plan.sum(1) - weights).abs().max().ToDouble(), 1e-12); // exact: columns come last
        Assert.AreEqual(0, (plan.sum(2) - weights).abs().max().ToDouble(), 1e-3);
    }

    [TestMethod]
    public void Two_rows_by_hand() // even plans stay even: K has equal rows and columns, p = 1 / (1 + exp(-(2 - 0) / eps)) stays
    {
        var cost = tensor([0.0, 2, 2, 0], 1, 2, 2);
        var plan = new SinkhornDistance { Epsilon = 1 }.Plan(cost, ones(1, 2, dtype: float64));
        Assert.AreEqual(1 / (1 + Math.Exp(-2)), plan[0, 0, 0].ToDouble(), 1e-12);
        Assert.AreEqual(1 / (1 + Math.Exp(2)), plan[0, 0, 1].ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Logarithms_give_the_plan_that_plain_numbers_give()
    {
        var (cost, weights) = (Cost(6), tensor(new[,] { { 1.0, 2, 0, 0.5, 1, 3 } }));
        var (plain, logarithms) = (new SinkhornDistance { Epsilon = 0.05 }.Plan(cost, weights), new SinkhornDistance { Epsilon = 0.05 - 1e-12 }.Plan(cost, weights));
        Assert.AreEqual(0, (plain - logarithms).abs().max().ToDouble(), 1e-9);
    }

    [TestMethod]
    [DataRow(0.001)]
    [DataRow(0.049)]
    [DataRow(0.05)]
    [DataRow(0.1)]
    public void Sides_that_share_nothing_keep_single_precision_finite(double epsilon)
    {
        foreach (var swapped in new[] { 0, 1, 4 }) // rows of which the student says the other class
        {
            var logits = (1e3f * cat([ones(swapped, 1), -ones(4 - swapped, 1)]) * tensor(new[] { 1f, -1 })).requires_grad_();
            var teacher = tensor(new[] { 0f, 1 }).expand(4, 2);
            var value = new SinkhornDistance { Epsilon = epsilon, Temperature = 1 }.Value(new(logits), new(teacher), Targets.Classes(0, 0, 0, 0), null, StepContext.First());
            value.backward();
            Assert.IsTrue(value.isfinite().ToBoolean() && logits.grad!.isfinite().all().ToBoolean());
        }
    }

    [TestMethod]
    public void Without_transport_it_is_kd()
    {
        var (logits, teacher) = (Some.Normal(1, float64, 5, 3), Some.Probabilities(2, float64, 5, 3));
        Assert.AreEqual(
            new SoftTargets().Value(new(logits), new(teacher), Targets.Classes(0, 0, 0, 0, 0), null, StepContext.First()).ToDouble(),
            Value(new() { TransportWeight = 0 }, logits, teacher), 1e-12);
    }

    [TestMethod]
    public void A_student_that_says_what_the_teacher_says_costs_nothing_as_the_blur_goes()
    {
        var logits = 3 * Some.Normal(1, float64, 5, 3);
        Assert.AreEqual(0, Value(new() { Epsilon = 0.001, Temperature = 1 }, logits, logits.softmax(1)), 1e-9);
        Assert.IsTrue(Value(new() { Epsilon = 1, Temperature = 1 }, logits, logits.softmax(1)) > 0.1);
    }

    [TestMethod]
    public void Answers_given_to_the_wrong_rows_are_cheap_to_move_and_dear_to_kd() // why soft targets are part of it
    {
        var teacher = (5 * Some.Normal(1, float64, 4, 3)).softmax(1);
        var logits = teacher.log().index_select(0, tensor(new long[] { 1, 2, 3, 0 }));
        SinkhornDistance small = new() { Epsilon = 0.001, Temperature = 1 };
        var kd = Value(small with { TransportWeight = 0 }, logits, teacher);
        Assert.AreEqual(0, Value(small, logits, teacher) - kd, 1e-3);
        Assert.IsTrue(kd > 1);
    }

    [TestMethod]
    public void Members_of_an_ensemble_are_taken_one_by_one()
    {
        var (logits, teacher) = (Some.Normal(1, float64, 8, 3), Some.Probabilities(2, float64, 8, 3)); // member k of example i in row 2 i + k
        double Own(long member) => Value(new(), logits.view(4, 2, 3).select(1, member), teacher.view(4, 2, 3).select(1, member));
        Assert.AreEqual((Own(0) + Own(1)) / 2, Value(new(), logits, teacher, null, 2), 1e-12);
    }

    [TestMethod]
    public void Settings_have_limits()
    {
        Assert.AreEqual("Epsilon must be at least 0.001, but is 0.", Assert.ThrowsExactly<ArgumentException>(new SinkhornDistance { Epsilon = 0 }.Validate).Message);
        Assert.AreEqual("Iterations must be at least 1, but is 0.", Assert.ThrowsExactly<ArgumentException>(new SinkhornDistance { Iterations = 0 }.Validate).Message);
    }
}
