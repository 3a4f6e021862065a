namespace Retort.Tests;

/// <summary>What holds for a run with every mixing: it starts, resumes, scores, and changes nothing where it is not asked for.</summary>
[TestClass]
public sealed class EveryMixingRunsTests
{
    private static IEnumerable<Mixing> All => EveryPartTests.Samples(typeof(Mixing)).Cast<Mixing>().Select(Fitting);

    /// <summary>Images of one row of pixels; and to the end of a run, where a sample says nothing else.</summary>
    private static Mixing Fitting(Mixing mixing)
    {
        mixing = mixing.Until == 0.5 ? mixing with { Until = 1 } : mixing;
        return mixing is CutMix cut ? cut with { Height = 1 } : mixing;
    }

    private static Mixing Create(Method method) => Fitting((Mixing)method.Create());

    private static IEnumerable<LearningTask> Tasks => Enum.GetValues<LearningTask>();

    private static bool Serves(Part part, LearningTask task)
    {
        try
        {
            part.Validate(task);
            return Methods.Of(part).Serves(task);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Each mixing at its defaults.</summary>
    public static IEnumerable<object[]> Defaults => from method in Methods.OfKind(typeof(Mixing)) from task in Tasks where method.Serves(task) select new object[] { Create(method), task };

    public static IEnumerable<object[]> Cases => from mixing in All from task in Tasks where Serves(mixing, task) select new object[] { mixing, task };

    /// <summary>Those with every loss and distillation; the others, which mix likewise, with some.</summary>
    private static readonly string[] s_all = ["mixup", "constrained-augmentation"], s_some = ["cross-entropy", "ensloss", "aldr", "cce", "squared", "gaussian-nll", "kd", "ps-kd", "dho", "fitnet", "hard"];

    /// <summary>Each mixing at its defaults with losses.</summary>
    public static IEnumerable<object[]> WithLosses =>
        from method in Methods.OfKind(typeof(Mixing))
        from loss in Methods.OfKind(typeof(Loss))
        from task in Tasks
        where (s_all.Contains(method.Id) || s_some.Contains(loss.Id)) && method.Serves(task) && loss.Serves(task) && loss.Id is not "bag-loss" && !(task == LearningTask.Regression && loss.Create() is WrappedLoss) && !(Create(method).IsHidden && ((Loss)loss.Create()).NeedsHidden)
        select new object[] { Create(method), loss.Create(), task };

    /// <summary>Each mixing at its defaults with distillations.</summary>
    public static IEnumerable<object[]> WithDistillations =>
        from method in Methods.OfKind(typeof(Mixing))
        from distillation in Lesson.Cases
        where (s_all.Contains(method.Id) || s_some.Contains(Methods.Of((Part)distillation[0]).Id)) && method.Serves((LearningTask)distillation[1]) && !((Mixing)method.Create()).IsHidden
        select new object[] { Create(method), distillation[0], distillation[1] };

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_run_that_is_ended_goes_on_in_the_same_bits(Mixing mixing, LearningTask task) =>
        EveryPenaltyRunsTests.GoesOn(Some.Quick with { Epochs = 3, BatchSize = 16, HoldOut = 0.25, Mixing = mixing }, task);

    [TestMethod, DynamicData(nameof(Defaults))]
    public void It_learns_what_a_run_without_it_learns(Mixing mixing, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Lesson.Data(task, 300);
        var (own, none) = (Error(Some.Quick with { Mixing = mixing }), Error(Some.Quick));
        Assert.IsTrue(own < none + (task == LearningTask.Regression ? 0.25 : 0.08), $"{own} beside {none}");

        double Error(Recipe recipe)
        {
            var network = Some.Train(recipe with { Epochs = 40, Patience = 40 }, task, data).Network;
            var served = new float[300 * network.Outputs];
            network.Score(data.Features, data.Categories, served);
            var said = tensor(served, 300, network.Outputs);
            return task switch
            {
                LearningTask.Regression => Math.Sqrt((said.squeeze(1) - data.Labels!).square().mean().ToDouble() / data.Labels!.var().ToDouble()),
                LearningTask.Binary => said.squeeze(1).gt(0).to_type(int64).ne(data.Labels!).to_type(float32).mean().ToDouble(),
                _ => said.argmax(1).ne(data.Labels!).to_type(float32).mean().ToDouble(),
            };
        }
    }

    [TestMethod, DynamicData(nameof(WithLosses))]
    public void Every_loss_trains_on_mixed_rows(Mixing mixing, Loss loss, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Lesson.Data(task, 48);
        if (task == LearningTask.Regression)
            data.Labels!.abs_();
        var recipe = Some.Quick with { Epochs = 3, BatchSize = 16, HoldOut = 0.25, Mixing = mixing, Loss = loss };
        foreach (var place in new[] { Place.Cpu, Place.CpuByOperators })
            Assert.IsTrue(TrainingLoop.Run(recipe, task, data, null, 1, null, () => { }, place).Network.Parameters.All(float.IsFinite));
    }

    [TestMethod, DynamicData(nameof(WithDistillations))]
    public void Every_distillation_trains_on_mixed_rows(Mixing mixing, Distillation distillation, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Lesson.Of(distillation, task, 48);
        var recipe = Some.Quick with { Network = new Mlp { Layers = 2, Width = 12 }, Epochs = 3, BatchSize = 16, HoldOut = 0.25, Mixing = mixing, Distillation = distillation };
        foreach (var place in new[] { Place.Cpu, Place.CpuByOperators })
            Assert.IsTrue(TrainingLoop.Run(recipe, task, data, null, 1, null, () => { }, place).Network.Parameters.All(float.IsFinite));
    }

    [TestMethod, DynamicData(nameof(Defaults))]
    public void Every_kind_of_rows_and_network_trains(Mixing mixing, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = EveryPenaltyRunsTests.Data(task, 48);
        var weighted = new Dataset
        {
            Features = data.Features,
            Categories = data.Categories,
            Cardinalities = data.Cardinalities,
            Labels = data.Labels,
            Classes = data.Classes,
            Protected = data.Protected,
            Weights = arange(48, dtype: float32) % 3,
            Teacher = Lesson.Of(new SoftTargets(), task, 48).Teacher,
            Labeled = arange(48).ne(5).logical_and(arange(48).ne(7)),
        };
        foreach (var network in new Network[] { new TabM { Members = 3, Width = 8 }, new Mlp { Layers = 0 }, new RealMlp { Width = 8 }, new ResNetMlp { Width = 8 } })
            foreach (var place in new[] { Place.Cpu, Place.CpuByOperators })
                foreach (var penalty in new Penalty?[] { null, new DistanceCovariance(), new DemographicParity { WholeSetEvery = 2 } })
                {
                    var recipe = Some.Quick with { Network = network, Epochs = 2, BatchSize = 16, HoldOut = 0.25, Mixing = mixing, Penalty = penalty };
                    Assert.IsTrue(TrainingLoop.Run(recipe, task, weighted, null, 1, null, () => { }, place).Network.Parameters.All(float.IsFinite), network.ToString());
                }
    }

    [TestMethod, DynamicData(nameof(Defaults))]
    public void Rows_of_categories_alone_train_or_are_refused(Mixing mixing, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var classes = task switch { LearningTask.Regression => 1, LearningTask.Binary => 2, _ => 3 };
        var numbers = arange(40, dtype: int64);
        var data = new Dataset
        {
            Features = zeros(40, 0),
            Categories = stack([numbers % 4, numbers * 5 % 13], 1),
            Cardinalities = [3, 12],
            Labels = task == LearningTask.Regression ? (numbers % 5).to_type(float32) : numbers % classes,
            Classes = classes,
        };
        foreach (var place in new[] { Place.Cpu, Place.CpuByOperators })
            if (mixing is CutMix)
                Assert.ThrowsExactly<ArgumentException>(() => Run(place));
            else
                Assert.IsTrue(Run(place).All(float.IsFinite));

        float[] Run(Place place) => TrainingLoop.Run(Some.Quick with { Mixing = mixing, Epochs = 2 }, task, data, null, 1, null, () => { }, place).Network.Parameters;
    }

    [TestMethod, DynamicData(nameof(Defaults))]
    public void Without_any_step_that_is_mixed_it_is_the_run_without_it_bit_by_bit(Mixing mixing, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Lesson.Data(task, 64);
        CollectionAssert.AreEqual(Run(Some.Quick), Run(Some.Quick with { Mixing = mixing with { Probability = 0 } }));

        float[] Run(Recipe recipe) => TrainingLoop.Run(recipe, task, data, null, 1, null, () => { }, Place.CpuByOperators).Network.Parameters;
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Gradients_by_hand_and_by_operators_learn_the_same(Mixing mixing, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Lesson.Data(task, 64);
        var recipe = Some.Quick with { Epochs = 3, Mixing = mixing, Optimizer = new Sgd { LearningRate = 0.05 } };
        var (own, other) = (Run(Place.Cpu), Run(Place.CpuByOperators));
        for (var i = 0; i < own.Length; i++)
            Assert.AreEqual(own[i], other[i], 2e-4 * Math.Max(1, Math.Abs(own[i])));

        float[] Run(Place place) => TrainingLoop.Run(recipe, task, data, null, 1, null, () => { }, place).Network.Parameters.ToArray();
    }
}
