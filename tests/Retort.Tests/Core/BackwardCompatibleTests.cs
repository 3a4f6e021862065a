namespace Retort.Tests;

[TestClass]
public sealed class BackwardCompatibleTests
{
    private static double Value(Tensor logits, Targets targets, Tensor used, Tensor latest) =>
        new BackwardCompatible { Temperature = 1 }.Value(new(logits), new(used) { Each = [new(used), new(latest)] }, targets, null, StepContext.First()).ToDouble();

    [TestMethod]
    [DataRow(0.7, 0.4, true)]
    [DataRow(0.7, 0.6, false)]
    [DataRow(0.4, 0.3, false)]
    [DataRow(0.4, 0.8, false)]
    public void The_model_in_use_is_kept_where_it_alone_is_right(double used, double latest, bool keeps) // probabilities of the true class
    {
        var wanted = keeps ? used : latest;
        Assert.AreEqual(
            wanted * Math.Log(2 * wanted) + (1 - wanted) * Math.Log(2 * (1 - wanted)),
            Value(zeros(1, 2, dtype: float64), Targets.Classes(0), tensor(new[,] { { used, 1 - used } }), tensor(new[,] { { latest, 1 - latest } })), 1e-12);
    }

    [TestMethod]
    public void Of_values_the_nearer_one_is_followed() // labels 0: 1 is nearer than 2, and 1 than 3 in the second row
        => Assert.AreEqual((16.0 + 16) / 2, Value(full(2, 1, 5, dtype: float64), Targets.Values(zeros(2)), tensor(new[,] { { 1.0 }, { 3 } }), tensor(new[,] { { 2.0 }, { 1 } })), 1e-12);

    [TestMethod]
    public void With_one_teacher_it_is_kd()
    {
        var (logits, teacher, targets) = (Some.Normal(1, float64, 5, 3), Some.Probabilities(2, float64, 5, 3), Targets.Classes(0, 1, 2, 0, 0));
        foreach (var each in new TeacherOutput[][] { [], [new(teacher)] })
            Assert.AreEqual(
                new SoftTargets().Value(new(logits), new(teacher), targets, null, StepContext.First()).ToDouble(),
                new BackwardCompatible().Value(new(logits), new(teacher) { Each = each }, targets, null, StepContext.First()).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Three_teachers_are_refused()
    {
        TeacherOutput one = new(full(1, 2, 0.5));
        Assert.AreEqual("The number of teachers for 'muscle' must be 2, but is 3.", Assert.ThrowsExactly<ArgumentException>(
            () => new BackwardCompatible().Value(new(zeros(1, 2)), one with { Each = [one, one, one] }, Targets.Classes(0), null, StepContext.First())).Message);
    }
}
