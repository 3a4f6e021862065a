namespace Retort.Tests;

[TestClass]
public sealed class AgreementSelectionTests
{
    private static double Value(AgreementSelection kd, Tensor p, Tensor teacher, StepContext? step = null) =>
        kd.Value(new(p.log()), new(teacher), Targets.Classes(zeros(p.shape[0], dtype: int64)), null, step ?? StepContext.First()).ToDouble();

    [TestMethod]
    public void A_row_is_selected_from_the_limit_on() // (0.9 + 0.6) / 2 = 0.75: agreement 0.5
    {
        var (p, teacher) = (tensor(new[,] { { 0.6, 0.4 } }), tensor(new[,] { { 0.9, 0.1 } }));
        Assert.AreEqual(0, Value(new() { LeastAgreement = 0.51 }, p, teacher));
        Assert.IsTrue(Value(new() { LeastAgreement = 0.49 }, p, teacher) > 0.1);
    }

    [TestMethod]
    public void Contradictions_are_left_out_and_the_mean_is_taken_over_all()
    {
        var (p, teacher) = (tensor(new[,] { { 0.99, 0.01 }, { 0.6, 0.4 } }), tensor(new[,] { { 0.01, 0.99 }, { 0.9, 0.1 } }));
        var second = Value(new(), p.narrow(0, 1, 1), teacher.narrow(0, 1, 1));
        Assert.AreEqual(second / 2, Value(new(), p, teacher), 1e-12);
    }

    [TestMethod]
    public void With_0_it_is_kd()
    {
        var (logits, teacher, targets) = (Some.Normal(1, float64, 5, 3), Some.Probabilities(2, float64, 5, 3), Targets.Classes(0, 0, 0, 0, 0));
        Assert.AreEqual(
            new SoftTargets().Value(new(logits), new(teacher), targets, null, StepContext.First()).ToDouble(),
            new AgreementSelection { LeastAgreement = 0 }.Value(new(logits), new(teacher), targets, null, StepContext.First()).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Rows_with_a_label_are_always_selected()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var kd = new AgreementSelection { LeastAgreement = 1 };
        kd.Begin(state, new(Targets.Classes(0, 0, 0), null) { Outputs = 2, Labeled = tensor(new[] { true, false, false }) });
        var (p, teacher) = (tensor(new[,] { { 0.5, 0.5 } }), tensor(new[,] { { 0.9, 0.1 } }));
        double Of(long row) => Value(kd, p, teacher, StepContext.First() with { State = state, Rows = tensor(new[] { row }) });
        Assert.IsTrue(Of(0) > 0.1);
        Assert.AreEqual(0, Of(1));
    }
}
