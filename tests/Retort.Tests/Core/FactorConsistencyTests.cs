namespace Retort.Tests;

/// <summary>Networks that are told which features matter.</summary>
[TestClass]
public sealed class FactorConsistencyTests
{
    private static Recipe Recipe(FactorConsistency? factors) => Some.Quick with { Network = new Mlp { Layers = 1, Width = 16, Factors = factors }, Epochs = 30 };

    /// <summary>The first two features say the same of the label, each with noise of its own; the third says nothing.</summary>
    private static Dataset Twins(LearningTask task, int rows)
    {
        var random = new Generator(1);
        var (numbers, signal) = (new float[rows * 3], new double[rows]);
        for (var row = 0; row < rows; row++)
        {
            signal[row] = random.Normal();
            for (var column = 0; column < 3; column++)
                numbers[3 * row + column] = (float)((column < 2 ? signal[row] : 0) + 0.3 * random.Normal());
        }

        var labels = tensor(signal, dtype: float64);
        return new()
        {
            Features = tensor(numbers).view(rows, 3),
            Labels = task switch { LearningTask.Regression => labels.to_type(float32), LearningTask.Binary => labels.gt(0).to_type(int64), _ => labels.gt(-0.5).to_type(int64) + labels.gt(0.5).to_type(int64) },
            Classes = task switch { LearningTask.Regression => 1, LearningTask.Binary => 2, _ => 3 },
        };
    }

    /// <summary>How much of the attributions is the first feature's, by differences rather than by gradients.</summary>
    private static double ShareOfFirst(FittedNetwork network, Dataset data)
    {
        var (mean, sums) = (data.Features.mean([0L], keepdim: true), new double[3]);
        for (var column = 0; column < 3; column++)
        {
            var step = zeros(1, 3);
            step[0, column] = 1e-2f;
            var slopes = (Said(data.Features + step) - Said(data.Features - step)) / 2e-2;
            sums[column] = ((data.Features - mean).select(1, column) * slopes).abs().sum().ToDouble();
        }

        return sums[0] / sums.Sum();

        Tensor Said(Tensor features)
        {
            var outputs = network.Forward(features, null);
            return outputs.shape[1] == 1 ? outputs.squeeze(1) : outputs.amax([1L]) - outputs.mean([1L]);
        }
    }

    [TestMethod]
    [DataRow(LearningTask.Binary), DataRow(LearningTask.Multiclass), DataRow(LearningTask.Regression)]
    public void The_feature_that_is_known_to_matter_is_heeded(LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Twins(task, 300);
        var (plain, told) = (Some.Train(Recipe(null), task, data), Some.Train(Recipe(new() { Importance = [8, 1, 1], Weight = 1 }), task, data));
        var (before, after) = (ShareOfFirst(plain.Network, data), ShareOfFirst(told.Network, data));
        Assert.IsTrue(before < 0.6 && Math.Abs(after - 0.8) < 0.06, $"{before} {after}");
        var silent = Some.Train(Recipe(new() { Importance = [8, 1, 1], Weight = 0 }), task, data);
        CollectionAssert.AreEqual(plain.Network.Parameters, silent.Network.Parameters);
    }

    [TestMethod]
    public void It_goes_with_ensembles_categories_domains_distillations_and_penalties_and_resumes()
    {
        using var scope = NewDisposeScope();
        var recipe = Some.Quick with { Epochs = 3, BatchSize = 16, HoldOut = 0.25 };
        foreach (var task in Enum.GetValues<LearningTask>())
        {
            var data = EveryPenaltyRunsTests.Data(task, 64);
            var factors = new FactorConsistency { Importance = ValueList.Of<double>(Enumerable.Repeat(1.0, (int)data.Features.shape[1]).ToArray()) };
            EveryPenaltyRunsTests.GoesOn(recipe with { Network = new Mlp { Layers = 1, Width = 8, Factors = factors } }, task);
            EveryPenaltyRunsTests.GoesOn(recipe with { Network = new TabM { Layers = 1, Width = 8, Members = 3, Factors = factors }, Penalty = new DemographicParity() }, task);
            EveryPenaltyRunsTests.GoesOn(recipe with { Network = new RealMlp { Layers = 1, Width = 8, Factors = factors with { Importance = [] } }, Distillation = new SoftTargets() }, task, 6, Lesson.Of(new SoftTargets(), task, 64));
        }
    }

    [TestMethod]
    public void Numbers_that_do_not_fit_are_refused()
    {
        using var scope = NewDisposeScope();
        Refused(new() { Importance = [1, 1] }, "The number of Importance of 'factor-consistency' must be that of the features, 3, but is 2.");
        Refused(new() { Importance = [1, -1, 1] }, "Importance must be at least 0, but is -1.");
        Refused(new() { Importance = [0, 0, 0] }, "The sum of Importance must be more than 0, but is 0.");

        static void Refused(FactorConsistency factors, string message) =>
            Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(() => Some.Train(Recipe(factors), LearningTask.Binary, Twins(LearningTask.Binary, 30))).Message);
    }
}
