namespace Retort.Tests;

/// <summary>Distillations that look into their teacher, or ask it about moved rows, train networks that follow one which knows better than the labels.</summary>
[TestClass]
public sealed class FeatureDistillationLearnsTests
{
    private static readonly Distillation[] All = [new HiddenRegression(), new HiddenRegression { Below = 1 }, new RelationalDistillation(), new NormDirection { WarmupEpochs = 0 }, new TokenGraph(),
        new MultiTeacherAdversarial(), new HardRows()];

    public static IEnumerable<object[]> Cases =>
        from kd in All
        from task in Enum.GetValues<LearningTask>()
        where Methods.Of(kd).Serves(task)
        select new object[] { kd with { Mode = DistillationMode.Replace, Weight = 1 }, task };

    private static Recipe Recipe(Distillation? kd, Network? network = null) => Some.Quick with
    {
        Network = network ?? new Mlp { Layers = 2, Width = 16 },
        Distillation = kd,
        Epochs = 30,
        Patience = 30,
        BatchSize = 60,
        Optimizer = new AdamW { LearningRate = 0.02 },
    };

    private static Dataset Data(LearningTask task, int rows, ulong seed) => task switch
    {
        LearningTask.Binary => Some.Pair(rows, seed),
        LearningTask.Multiclass => Some.Clouds(rows, 0.3, seed),
        _ => Some.Prices(rows, seed),
    };

    /// <summary>Four of ten labels are wrong, or all are far off, and networks that were trained on what they were are the teachers.</summary>
    private static Dataset Taught(LearningTask task, int rows, int teachers = 1, bool isOpen = true)
    {
        var data = Data(task, rows, 1);
        var (right, classes) = (data.Labels!, Math.Max(2, data.Classes));
        var chosen = arange(rows, dtype: int64).remainder(5);
        var wrong = task == LearningTask.Regression ? right + 200 * (chosen.to_type(float32) - 2) : (right + chosen.lt(2).to_type(int64)).remainder(classes);
        TeacherNetwork[] networks = [.. Enumerable.Range(1, teachers).Select(seed => new TeacherNetwork
        {
            Network = Some.Train(Recipe(null, new Mlp { Layers = 1, Width = 24 + seed }), task, data, seed: seed).Network,
            Features = data.Features,
            Categories = data.Categories,
            SeesSameFeatures = true,
        })];
        Tensor[] scores = [.. networks.Select(network => network.Scores(0, rows))];
        return new()
        {
            Features = data.Features,
            Categories = data.Categories,
            Cardinalities = data.Cardinalities,
            Labels = wrong,
            Classes = data.Classes,
            Teacher = scores.Aggregate((a, b) => a + b) / teachers,
            Teachers = teachers == 1 ? [] : scores,
            Networks = isOpen ? networks : [],
        };
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_short_run_follows_the_network(Distillation kd, LearningTask task)
    {
        using var scope = NewDisposeScope();
        Follows(Some.Train(Recipe(kd), task, Taught(task, 400)).Network, task);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Members_of_an_ensemble_follow_two_networks(Distillation kd, LearningTask task)
    {
        using var scope = NewDisposeScope();
        Follows(Some.Train(Recipe(kd, new TabM { Members = 3, Layers = 2, Width = 16, Dropout = 0 }) with { Epochs = 15 }, task, Taught(task, 300, teachers: 2)).Network, task);
    }

    [TestMethod]
    [DataRow(LearningTask.Binary), DataRow(LearningTask.Multiclass), DataRow(LearningTask.Regression)]
    public void Hard_rows_are_mixtures_where_the_teacher_is_closed(LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Taught(task, 400, isOpen: false);
        Follows(Some.Train(Recipe(new HardRows { Mode = DistillationMode.Replace, Weight = 1 }), task, data).Network, task);
        Follows(Some.Train(Recipe(new HardRows { Mode = DistillationMode.Replace, Weight = 1 }, new TabM { Members = 3, Layers = 1, Width = 16, Dropout = 0 }) with { Epochs = 20 }, task, data).Network, task);
    }

    [TestMethod]
    public void What_a_method_asks_the_teacher_is_asked_for_at_once()
    {
        using var scope = NewDisposeScope();
        var data = Taught(LearningTask.Multiclass, 60, isOpen: false);
        foreach (var kd in All.Where(kd => kd is not HardRows))
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Some.Train(Recipe(kd), LearningTask.Multiclass, data)).Message, $"'{Methods.Of(kd).Id}'");
    }

    [TestMethod]
    public void A_network_trained_against_attacks_withstands_them_better()
    {
        using var scope = NewDisposeScope();
        var (train, test) = (Some.Clouds(600, 0.25, 1), Some.Clouds(600, 0.25, 2));
        var robust = Taught(LearningTask.Multiclass, 600);
        var plain = Attacked(Some.Train(Recipe(new SoftTargets { Mode = DistillationMode.Replace, Weight = 1 }), LearningTask.Multiclass, robust).Network);
        var hardened = Attacked(Some.Train(Recipe(new MultiTeacherAdversarial { Mode = DistillationMode.Replace, Weight = 1, Radius = 0.8 }), LearningTask.Multiclass, robust).Network);
        Assert.IsTrue(hardened > plain, $"{hardened} {plain}");

        // how likely the right class is where it is least likely within 0.3 of each feature
        double Attacked(FittedNetwork network)
        {
            var labels = Targets.Classes(test.Labels!);
            var kd = new MultiTeacherAdversarial { Radius = 0.3 };
            using var state = new PartState();
            kd.Begin(state, new(labels, new(zeros(600, 3))) { Outputs = 3, Deviations = ones(4) });
            var moved = kd.Move(new(test.Features, labels, null, features => network.ForwardWithGradient(features, null), [features => zeros(600, 3)]), StepContext.First() with { State = state })!;
            using var noGradient = no_grad();
            return network.ForwardWithGradient(moved.Features, null).softmax(1).gather(1, test.Labels!.unsqueeze(1)).mean().ToDouble();
        }
    }

    private static void Follows(FittedNetwork network, LearningTask task)
    {
        var test = Data(task, 600, 2);
        var served = new float[600 * network.Outputs];
        network.Score(test.Features, test.Categories, served);
        var said = tensor(served, 600, network.Outputs);
        var error = task switch
        {
            LearningTask.Binary => said.squeeze(1).gt(0).to_type(int64).ne(test.Labels!).to_type(float32).mean().ToDouble(),
            LearningTask.Multiclass => said.argmax(1).ne(test.Labels!).to_type(float32).mean().ToDouble(),
            _ => ((said.squeeze(1) - test.Labels!).square().mean() / test.Labels!.var(false)).sqrt().ToDouble(),
        };
        Assert.IsTrue(error < (task switch { LearningTask.Binary => 0.2, LearningTask.Multiclass => 0.14, _ => 0.3 }), $"{error}"); // the best possible is 0.16, 0.09 and 0.01
    }
}
