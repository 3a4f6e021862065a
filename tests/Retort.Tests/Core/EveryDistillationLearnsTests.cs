namespace Retort.Tests;

/// <summary>Every distillation trains networks, from a run's first step to what is served, and follows a teacher that knows better than the labels.</summary>
[TestClass]
public sealed class EveryDistillationLearnsTests
{
    public static IEnumerable<object[]> Cases =>
        from method in Methods.OfKind(typeof(Distillation))
        from task in Enum.GetValues<LearningTask>()
        where method.Serves(task) && !method.Needs.HasFlag(Needs.TeacherFeatures) && method.Type != typeof(HardRows) && method.Type != typeof(MultiTeacherAdversarial) // which ask teachers that are networks
        let part = method.Create()
        select new object[] { FollowsLabels(part) ? part : EveryPartTests.With(EveryPartTests.With(part, nameof(Distillation.Mode), DistillationMode.Replace), nameof(Distillation.Weight), 1.0), task };

    /// <summary>Whether what the network says can be no better than its labels.</summary>
    private static bool FollowsLabels(Part distillation) => distillation is SelfDistillation or DualHeadTargets;

    private static Dataset Data(LearningTask task, int rows, ulong seed) => task switch
    {
        LearningTask.Binary => Some.Pair(rows, seed),
        LearningTask.Multiclass => Some.Clouds(rows, 0.3, seed),
        _ => Some.Prices(rows, seed),
    };

    /// <summary>Four of ten labels are wrong, or all are far off, and a teacher says what they were; all are right where there is nobody else to learn from.</summary>
    private static Dataset Taught(Distillation distillation, LearningTask task, int rows)
    {
        var data = Data(task, rows, 1);
        var (right, classes) = (data.Labels!, Math.Max(2, data.Classes));
        var chosen = arange(rows, dtype: int64).remainder(5);
        var wrong = task == LearningTask.Regression ? right + 200 * (chosen.to_type(float32) - 2) : (right + chosen.lt(2).to_type(int64)).remainder(classes);
        var teacher = task == LearningTask.Regression ? right.unsqueeze(1) : (8 * nn.functional.one_hot(right, classes).to_type(float32)).log1p().softmax(1); // 9 to 1 to 1
        return new() { Features = data.Features, Categories = data.Categories, Cardinalities = data.Cardinalities, Labels = FollowsLabels(distillation) ? right : wrong, Classes = data.Classes, Teacher = distillation is SelfDistillation ? null : teacher };
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_short_run_follows_the_teacher(Distillation distillation, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var recipe = Some.Quick with { Distillation = distillation, Epochs = 40, Patience = 40, BatchSize = 60, Optimizer = new AdamW { LearningRate = 0.02 } };
        var error = Error(Some.Train(recipe, task, Taught(distillation, task, 600)).Network, task);
        Assert.IsTrue(error < (task switch { LearningTask.Binary => 0.2, LearningTask.Multiclass => 0.12, _ => 0.45 }), $"{error}"); // the best possible is 0.16, 0.09 and 0.01
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Members_of_an_ensemble_follow_it_too(Distillation distillation, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var recipe = Some.Quick with { Network = new TabM { Members = 4, Layers = 1, Width = 16, Dropout = 0 }, Distillation = distillation, Epochs = 25, Patience = 25, BatchSize = 60, Optimizer = new AdamW { LearningRate = 0.02 } };
        var error = Error(Some.Train(recipe, task, Taught(distillation, task, 300)).Network, task);
        Assert.IsTrue(error < (task switch { LearningTask.Binary => 0.25, LearningTask.Multiclass => 0.2, _ => 0.6 }), $"{error}");
    }

    /// <summary>The share of wrong classes, or of the deviation that is left, on fresh rows whose labels are right.</summary>
    internal static double Error(FittedNetwork network, LearningTask task)
    {
        var test = Data(task, 600, 2);
        var served = new float[600 * network.Outputs];
        network.Score(test.Features, test.Categories, served);
        var said = tensor(served, 600, network.Outputs);
        var labels = test.Labels!;
        return task switch
        {
            LearningTask.Binary => said.squeeze(1).gt(0).to_type(int64).ne(labels).to_type(float32).mean().ToDouble(),
            LearningTask.Multiclass => said.argmax(1).ne(labels).to_type(float32).mean().ToDouble(),
            _ => ((said.squeeze(1) - labels).square().mean() / labels.var(false)).sqrt().ToDouble(),
        };
    }
}
