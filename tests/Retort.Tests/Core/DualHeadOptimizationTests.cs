namespace Retort.Tests;

[TestClass]
public sealed class DualHeadOptimizationTests
{
    private static readonly Tensor Sure = tensor(new[,] { { 4.0, 0 }, { 0, 4.0 }, { 4.0, 0 }, { 0, 4.0 } }), Even = zeros(4, 2, dtype: float64);

    [TestMethod]
    public void The_second_layer_alone_follows_the_teacher()
    {
        var (first, second, teacher) = (Some.Normal(1, float64, 3, 4), Some.Normal(2, float64, 3, 4), Some.Probabilities(3, float64, 3, 4));
        var targets = Targets.Classes(0, 1, 2);
        Assert.AreEqual(
            new SoftTargets().Value(new(second), new(teacher), targets, null, StepContext.First()).ToDouble(),
            new DualHeadOptimization().Value(new(first) { Sets = [first, second] }, new(teacher), targets, null, StepContext.First()).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void The_layer_that_is_right_is_chosen()
    {
        var right = Targets.Classes(0, 1, 0, 1);
        Assert.AreEqual(0, new DualHeadOptimization().Choose([Sure, Even], right, null).Share);
        Assert.AreEqual((1, 0.5), new DualHeadOptimization().Choose([Even, Sure], right, null)); // and made as sure as can be
    }

    [TestMethod]
    public void Layers_are_made_as_sure_as_they_are_right() // in three rows of four
    {
        var (share, temperature) = new DualHeadOptimization().Choose([Even, 3 * Sure], Targets.Classes(0, 1, 0, 0), null);
        Assert.AreEqual(0.75, (1 - share) / 2 + share / (1 + Math.Exp(-12 / temperature)), 0.02);
    }

    [TestMethod]
    public void Without_held_out_labels_both_count_alike_or_the_teacher_alone()
    {
        Assert.AreEqual((0.5, 1), new DualHeadOptimization().Choose([], null, null));
        Assert.AreEqual((0.5, 1), new DualHeadOptimization().Choose([Sure, Even], Targets.Classes(0, 1, 0, 1), zeros(4)));
        Assert.AreEqual((1, 1), new DualHeadOptimization { Mode = DistillationMode.Replace }.Choose([], null, null));
    }

    [TestMethod]
    public void Rows_without_weight_have_no_say() =>
        Assert.AreEqual(0, new DualHeadOptimization().Choose([Sure, -Sure], Targets.Classes(0, 1, 1, 0), tensor(new[] { 1.0, 1, 0, 0 })).Share);

    [TestMethod]
    public void Few_labels_and_a_teacher_of_all_rows_beat_few_labels_alone()
    {
        using var scope = NewDisposeScope();
        var (data, test) = (Some.Clouds(600, 0.5, 1, 20), Some.Clouds(600, 0.5, 2, 20));
        var labeled = arange(600, dtype: int64).remainder(20).lt(1);
        var recipe = Some.Quick with { Epochs = 40, Patience = 40, BatchSize = 60, HoldOut = 0.25, Optimizer = new AdamW { LearningRate = 0.02 } };
        double Error(Distillation? distillation)
        {
            var network = Some.Train(recipe with { Distillation = distillation }, LearningTask.Multiclass, new()
            {
                Features = data.Features,
                Labels = data.Labels,
                Labeled = distillation is null ? null : labeled,
                Weights = distillation is null ? labeled.to_type(float32) : null,
                Classes = 3,
                Teacher = distillation is null ? null : (8 * nn.functional.one_hot(data.Labels!, 3).to_type(float32)).log1p().softmax(1),
            }).Network;
            var served = new float[1800];
            network.Score(test.Features, null, served);
            return tensor(served, 600, 3).argmax(1).ne(test.Labels!).to_type(float32).mean().ToDouble();
        }

        var (alone, taught) = (Error(null), Error(new DualHeadOptimization()));
        Assert.IsTrue(taught < alone - 0.05, $"{taught} against {alone}");
    }
}
