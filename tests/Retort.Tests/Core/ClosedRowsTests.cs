namespace Retort.Tests;

/// <summary>Distillations that give their gradient themselves, where it is hard to.</summary>
[TestClass]
public sealed class ClosedRowsTests
{
    public static IEnumerable<object[]> Kinds => EveryPartTests.Samples(typeof(Distillation)).Where(part => part is IClosedForm && Methods.Of(part).Serves(LearningTask.Multiclass)).Select(part => new object[] { part });

    private static StepOutputs Batch(float[] outputs, long[] classes, float[] teacher) => new() { Outputs = outputs, Width = outputs.Length / classes.Length, Members = 1, Classes = classes, Teacher = teacher };

    [TestMethod, DynamicData(nameof(Kinds))]
    public void Extreme_outputs_beside_a_certain_teacher_stay_finite(Distillation kd)
    {
        var gradient = new float[9];
        var value = ((IClosedForm)kd).AddGradient(Batch([1e4f, -1e4f, -1e4f, -1e4f, 1e4f, -1e4f, 1e4f, 1e4f, 1e4f], [0, 2, 1], [1, 0, 0, 1, 0, 0, 0, 0, 1]), 1, gradient);
        Assert.IsTrue(double.IsFinite(value) && gradient.All(float.IsFinite));
    }

    [TestMethod, DynamicData(nameof(Kinds))]
    public void Classes_that_a_teacher_ranks_alike_keep_their_order(Distillation kd) // as autograd has it: a tree gives many classes the same
    {
        using var scope = NewDisposeScope();
        var (teacher, logits) = (tensor(new[,] { { 0.1, 0.3, 0.1, 0.3, 0.1, 0.1 } }), Some.Normal(1, float64, 1, 6).requires_grad_());
        var expected = kd.Value(new(logits) { Sets = kd.Sets > 1 ? [.. Enumerable.Repeat(logits, kd.Sets)] : [] }, new(teacher), Targets.Classes(2), null, StepContext.First());
        expected.backward();
        var gradient = new float[6];
        var outputs = logits.detach().to_type(float32).data<float>().ToArray();
        Assert.AreEqual(expected.ToDouble(), ((IClosedForm)kd).AddGradient(Batch(outputs, [2], [0.1f, 0.3f, 0.1f, 0.3f, 0.1f, 0.1f]), 1, gradient), 1e-5);
        for (var i = 0; i < 6; i++)
            Assert.AreEqual(logits.grad![0, i].ToDouble(), gradient[i], 1e-5);
    }
}
