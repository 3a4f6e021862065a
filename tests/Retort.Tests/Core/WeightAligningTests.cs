namespace Retort.Tests;

[TestClass]
public sealed class WeightAligningTests
{
    private static readonly Tensor OfThree = tensor(new[,] { { 0.7, 0, 0.3, 0 }, { 0.1, 0, 0.9, 0 } });

    [TestMethod]
    public void Old_classes_follow_the_teacher_and_all_the_label() // l = 1/2: T = 1, KL((0.7, 0.3) || even) = 0.7 ln 1.4 + 0.3 ln 0.6, and ln 4
    {
        var value = new WeightAligning { Temperature = 1 }.Value(new(zeros(1, 4, dtype: float64)), new(OfThree.narrow(0, 0, 1)), Targets.Classes(1), null, StepContext.First()).ToDouble();
        Assert.AreEqual((0.7 * Math.Log(1.4) + 0.3 * Math.Log(0.6) + Math.Log(4)) / 2, value, 1e-12);
    }

    [TestMethod]
    public void What_new_classes_have_does_not_come_from_the_teacher()
    {
        using var scope = NewDisposeScope();
        var logits = Some.Normal(1, float64, 2, 4).requires_grad_();
        new WeightAligning().Value(new(logits), new(OfThree), Targets.Classes(1, 3), tensor(new[] { 1.0, 0 }), StepContext.First()).backward();
        var p = logits.detach().softmax(1);
        Assert.AreEqual(0.5 * (p[0, 1].ToDouble() - 1), logits.grad![0, 1].ToDouble(), 1e-12); // the label's half alone
        Assert.AreEqual(0.5 * p[0, 3].ToDouble(), logits.grad![0, 3].ToDouble(), 1e-12);
    }

    [TestMethod]
    public void With_a_teacher_that_knows_all_it_is_kd()
    {
        var (logits, teacher, targets) = (Some.Normal(1, float64, 5, 3), Some.Probabilities(2, float64, 5, 3), Targets.Classes(0, 1, 2, 0, 0));
        Assert.AreEqual(
            new SoftTargets().Value(new(logits), new(teacher), targets, null, StepContext.First()).ToDouble(),
            new WeightAligning().Value(new(logits), new(teacher), targets, null, StepContext.First()).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void New_classes_end_with_weights_as_long_as_old_ones() // old norms 5 and 1, new ones 4 and 8: factor 3 / 6
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        new WeightAligning().Begin(state, new(Targets.Classes(0, 1), new(OfThree)) { Outputs = 4 });
        var (weights, biases) = (new float[] { 3, 4, 4, 0, 0, 1, 0, 8 }, new float[] { 1, 2, 3, 4 });
        new WeightAligning().Finish(weights, biases, state);
        CollectionAssert.AreEqual(new float[] { 3, 4, 2, 0, 0, 1, 0, 4 }, weights);
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 4 }, biases);
    }

    [TestMethod]
    public void A_teacher_of_one_class_is_refused() => Assert.AreEqual("The number of classes that the teacher of 'wa' knows must be at least 2, but is 1.", Assert.ThrowsExactly<ArgumentException>(
        () => new WeightAligning().Begin(new(), new(Targets.Classes(0), new(tensor(new[,] { { 1.0, 0, 0 } }))) { Outputs = 3 })).Message);

    [TestMethod]
    public void A_class_that_the_teacher_never_saw_is_learned_beside_those_it_knows()
    {
        using var scope = NewDisposeScope();
        var data = Some.Clouds(600, 0.3);
        var known = data.Labels!.clamp_max(1); // what the teacher says where it has never seen the class
        var teacher = nn.functional.one_hot(known, 3).to_type(float32) * 0.8 + tensor(new[] { 0.1f, 0.1f, 0 });
        var recipe = Some.Quick with { Distillation = new WeightAligning(), Epochs = 40, Patience = 40, BatchSize = 60, Optimizer = new AdamW { LearningRate = 0.02 } };
        var network = Some.Train(recipe, LearningTask.Multiclass, new() { Features = data.Features, Labels = data.Labels, Classes = 3, Teacher = teacher }).Network;
        var error = EveryDistillationLearnsTests.Error(network, LearningTask.Multiclass);
        Assert.IsTrue(error < 0.15, $"{error}");
    }
}
