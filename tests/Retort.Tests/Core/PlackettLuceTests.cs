namespace Retort.Tests;

[TestClass]
public sealed class PlackettLuceTests
{
    private static double Value(Tensor logits, Tensor teacher, long label, double temperature = 1) =>
        new PlackettLuce { TeacherTemperature = temperature }.Value(new(logits), new(teacher), Targets.Classes(label), null, StepContext.First()).ToDouble();

    private static double CrossEntropy(Tensor logits, long label) => new CrossEntropyLoss().Value(logits, Targets.Classes(label)).ToDouble();

    [TestMethod]
    public void Even_logits_cost_the_logarithm_of_what_is_left_at_each_place() // label 2 first, then classes 1 and 0 by the teacher: 0.2 ln 3 + 0.5 ln 2 + 0.3 ln 1
        => Assert.AreEqual(0.2 * Math.Log(3) + 0.5 * Math.Log(2), Value(zeros(1, 3, dtype: float64), tensor(new[,] { { 0.3, 0.5, 0.2 } }), 2), 1e-12);

    [TestMethod]
    public void A_teacher_sure_of_the_true_class_gives_cross_entropy()
    {
        var logits = Some.Normal(1, float64, 1, 3);
        Assert.AreEqual(CrossEntropy(logits, 1), Value(logits, tensor(new[,] { { 0.0, 1, 0 } }), 1), 1e-10);
    }

    [TestMethod]
    public void A_very_soft_teacher_weighs_all_places_alike() // the likelihood of its ranking (ListMLE), over the number of classes
    {
        var (logits, teacher) = (Some.Normal(1, float64, 1, 3), tensor(new[,] { { 0.2, 0.3, 0.5 } }));
        double[] s = [.. Enumerable.Range(0, 3).Select(k => Math.Exp(logits[0, k].ToDouble()))];
        var likelihood = s[0] / (s[0] + s[1] + s[2]) * s[2] / (s[1] + s[2]); // 0 as the label, then 2, then 1
        Assert.AreEqual(-Math.Log(likelihood) / 3, Value(logits, teacher, 0, 1e9), 1e-8);
    }

    [TestMethod]
    public void With_two_classes_it_is_cross_entropy_weighted_by_the_teacher()
    {
        var logits = Some.Normal(1, float64, 1, 2);
        foreach (var label in new[] { 0L, 1 })
            Assert.AreEqual((label == 0 ? 0.7 : 0.3) * CrossEntropy(logits, label), Value(logits, tensor(new[,] { { 0.7, 0.3 } }), label), 1e-12);
    }

    [TestMethod]
    public void A_constant_beside_all_logits_changes_nothing()
    {
        var (logits, teacher) = (Some.Normal(1, float64, 1, 4), Some.Probabilities(2, float64, 1, 4));
        Assert.AreEqual(Value(logits, teacher, 3), Value(logits + 100, teacher, 3), 1e-12);
    }

    [TestMethod]
    public void It_is_convex_in_the_logits()
    {
        var (a, b, teacher) = (Some.Normal(1, float64, 1, 4), Some.Normal(3, float64, 1, 4), Some.Probabilities(2, float64, 1, 4));
        Assert.IsTrue(Value((a + b) / 2, teacher, 3) < (Value(a, teacher, 3) + Value(b, teacher, 3)) / 2);
    }
}
