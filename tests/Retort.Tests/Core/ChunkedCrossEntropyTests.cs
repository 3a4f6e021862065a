namespace Retort.Tests;

[TestClass]
public sealed class ChunkedCrossEntropyTests
{
    private static Dataset Crowd(int rows, int classes)
    {
        var random = new Generator(3);
        var labels = Enumerable.Range(0, rows).Select(_ => random.Below(classes)).ToArray();
        return new()
        {
            Features = Some.Normal(1, float32, rows, 4) + tensor(labels.Select(label => (float)label).ToArray(), dtype: float32).unsqueeze(1),
            Labels = tensor(labels, dtype: int64),
            Weights = Some.Normal(5, float32, rows).abs(),
            Classes = classes,
        };
    }

    public static IEnumerable<object[]> Ways =>
        from network in new Network[] { new LinearNetwork(), new Mlp { Layers = 2, Width = 8 }, new ResNetMlp { Width = 8 }, new RealMlp { Width = 8, Layers = 2 } }
        from byOperators in new[] { false, true }
        select new object[] { network, byOperators };

    [TestMethod, DynamicData(nameof(Ways))]
    public void Blocks_of_classes_train_what_all_at_once_train(Network network, bool byOperators)
    {
        using var scope = NewDisposeScope();
        var data = Crowd(90, 7);
        var recipe = Some.Quick with { Network = network, Epochs = 4, BatchSize = 25, HoldOut = 0.2, Optimizer = new Sgd { LearningRate = 0.05 } };
        var place = byOperators ? Place.CpuByOperators : Place.Cpu;
        var expected = TrainingLoop.Run(recipe, LearningTask.Multiclass, data, null, 1, null, () => { }, place);
        var actual = TrainingLoop.Run(recipe with { Loss = new ChunkedCrossEntropyLoss { BlockSize = 3 } }, LearningTask.Multiclass, data, null, 1, null, () => { }, place);
        Assert.AreEqual(expected.Epochs[^1].ValidationLoss!.Value, actual.Epochs[^1].ValidationLoss!.Value, 1e-4);
        Assert.AreEqual(expected.Epochs[^1].TrainLoss, actual.Epochs[^1].TrainLoss, 1e-4);
        foreach (var (e, a) in expected.Network.Parameters.Zip(actual.Network.Parameters))
            Assert.AreEqual(e, a, 1e-4); // sums in another order
    }

    [TestMethod]
    public void Few_classes_take_the_ordinary_way()
    {
        using var scope = NewDisposeScope();
        var data = Crowd(60, 4);
        var recipe = Some.Quick with { Epochs = 2 };
        var expected = Some.Train(recipe, LearningTask.Multiclass, data).Network.Parameters;
        foreach (var (e, a) in expected.Zip(Some.Train(recipe with { Loss = new ChunkedCrossEntropyLoss() }, LearningTask.Multiclass, data).Network.Parameters))
            Assert.AreEqual(e, a, 2e-4); // by autograd instead of the closed form
    }

    [TestMethod]
    public void A_teacher_or_an_ensemble_is_refused_above_the_block()
    {
        using var scope = NewDisposeScope();
        var recipe = Some.Quick with { Loss = new ChunkedCrossEntropyLoss { BlockSize = 3 } };
        var data = Crowd(60, 4);
        Assert.AreEqual("Network must end in one linear layer for the loss 'cce', but is 'tabm'.",
            Assert.ThrowsExactly<ArgumentException>(() => Some.Train(recipe with { Network = new TabM() }, LearningTask.Multiclass, data)).Message);
        var taught = new Dataset { Features = data.Features, Labels = data.Labels, Classes = 4, Teacher = Some.Probabilities(1, float32, 60, 4) };
        Assert.AreEqual("The loss 'cce' must be without a teacher above 3 classes, but has one.",
            Assert.ThrowsExactly<ArgumentException>(() => Some.Train(recipe, LearningTask.Multiclass, taught)).Message);
    }
}
