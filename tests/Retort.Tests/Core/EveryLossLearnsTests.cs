namespace Retort.Tests;

/// <summary>Every loss trains a network on data that it is made for, from a run's first step to what is served.</summary>
[TestClass]
public sealed class EveryLossLearnsTests
{
    public static IEnumerable<object[]> Cases =>
        from method in Methods.OfKind(typeof(Loss))
        from task in Enum.GetValues<LearningTask>()
        where method.Serves(task)
        let loss = (Loss)method.Create()
        select new object[]
        {
            (loss, task) switch
            {
                (Cooldown, LearningTask.Regression) => new Cooldown { Of = new SquaredLoss(), By = CooldownBy.Group },
                (LossReweighting, LearningTask.Regression) => new LossReweighting { Of = new SquaredLoss() },
                _ => loss,
            },
            task,
        };

    private static Dataset Data(LearningTask task, int rows, ulong seed)
    {
        var data = task switch { LearningTask.Binary => Some.Pair(rows, seed), LearningTask.Multiclass => Some.Clouds(rows, 0.3, seed), _ => Some.Prices(rows, seed) };
        return new()
        {
            Features = data.Features,
            Categories = data.Categories,
            Cardinalities = data.Cardinalities,
            Labels = data.Labels,
            Classes = data.Classes,
            Groups = arange(rows, dtype: int64).div(2, RoundingMode.trunc),
        };
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_short_run_learns(Loss loss, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var (train, test) = (Data(task, 600, 1), Data(task, 600, 2));
        var recipe = Some.Quick with { Loss = loss, Epochs = 40, Patience = 40, BatchSize = 60, HoldOut = 0.25, Optimizer = new AdamW { LearningRate = 0.02 } };
        var network = Some.Train(recipe, task, train).Network;

        var outputs = Memory.Of<float>(network.Forward(test.Features, test.Categories).contiguous()).ToArray();
        var (wrong, squares) = (0, 0.0);
        var labels = Memory.Of<double>(test.Labels!.to(float64)).ToArray();
        for (var row = 0; row < labels.Length; row++)
        {
            var own = outputs.AsSpan(row * network.Outputs, network.Outputs);
            network.Finish(own);
            wrong += task switch { LearningTask.Binary => (own[0] > 0) != (labels[row] == 1) ? 1 : 0, _ => Logits.ArgMax(own) != (int)labels[row] ? 1 : 0 };
            squares += Math.Pow(own[loss is PinballLoss ? 1 : 0] - labels[row], 2);
        }

        var mean = labels.Average();
        if (task == LearningTask.Regression)
            Assert.IsTrue(Math.Sqrt(squares / labels.Sum(label => Math.Pow(label - mean, 2))) is var error && error < 0.45, $"{error}");
        else
            Assert.IsTrue(wrong / 600.0 is var error && error < (task == LearningTask.Binary ? 0.2 : 0.12), $"{error}"); // the best possible is 0.16 and 0.09
    }
}
