namespace Retort.Tests;

/// <summary>Penalties that are taken of all training rows now and then.</summary>
[TestClass]
public sealed class WholeSetTests
{
    public static IEnumerable<object[]> Cases =>
        from method in Methods.OfKind(typeof(Penalty))
        from task in Enum.GetValues<LearningTask>()
        where method.Serves(task)
        select new object[] { method.Create(), task };

    private static Penalty Every(Penalty penalty, int steps) => penalty with { WholeSetEvery = steps };

    [TestMethod, DynamicData(nameof(Cases))]
    public void Where_a_step_has_all_rows_it_is_the_penalty_of_the_step(Penalty penalty, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = EveryPenaltyRunsTests.Data(task, 60);
        var recipe = Some.Quick with { Epochs = 5, BatchSize = 60, Optimizer = new Sgd { LearningRate = 0.05 } };
        var none = Some.Train(recipe, task, data);
        foreach (var place in new[] { Place.Cpu, Place.CpuByOperators })
        {
            var (steps, all) = (Run(penalty), Run(Every(penalty, 1)));
            AreClose(steps.Network.Parameters, all.Network.Parameters, 1e-4f);
            Assert.AreEqual(steps.Epochs[^1].TrainLoss, all.Epochs[^1].TrainLoss, 1e-4);
            CollectionAssert.AreNotEqual(none.Network.Parameters, all.Network.Parameters);

            TrainingResult Run(Penalty own) => TrainingLoop.Run(recipe with { Penalty = own }, task, data, null, 1, null, () => { }, place);
        }
    }

    [TestMethod]
    public void Blocks_and_members_and_light_batches_make_one_gradient()
    {
        // 2,500 rows are three blocks; six members and other weights of rows change where the blocks end and what they count
        using var scope = NewDisposeScope();
        var own = EveryPenaltyRunsTests.Data(LearningTask.Multiclass, 2500);
        var data = new Dataset { Features = own.Features, Labels = own.Labels, Classes = 3, Protected = own.Protected, Weights = 1 + arange(2500, dtype: float32) % 3 };
        foreach (var network in new Network[] { new Mlp { Layers = 1, Width = 8 }, new TabM { Layers = 1, Width = 8, Members = 6 } })
        {
            var recipe = Some.Quick with { Network = network, Epochs = 3, BatchSize = 2500, Optimizer = new Sgd { LearningRate = 0.05 }, Penalty = new DemographicParity { Weight = 3, WholeSetEvery = 1 } };
            var (managed, operators) = (Run(Place.Cpu), Run(Place.CpuByOperators));
            AreClose(operators, managed, 1e-4f);
            if (network is Mlp)
                AreClose(TrainingLoop.Run(recipe with { Penalty = new DemographicParity { Weight = 3 } }, LearningTask.Multiclass, data, null, 1, null, () => { }).Network.Parameters, managed, 1e-4f);

            float[] Run(Place place) => TrainingLoop.Run(recipe, LearningTask.Multiclass, data, null, 1, null, () => { }, place).Network.Parameters;
        }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_run_that_is_ended_goes_on_in_the_same_bits(Penalty penalty, LearningTask task) =>
        EveryPenaltyRunsTests.GoesOn(Some.Quick with { Epochs = 3, BatchSize = 16, HoldOut = 0.25, Penalty = Every(penalty, 4) }, task); // 6 steps are done: between two times

    [TestMethod]
    public void Slices_and_dropout_are_drawn_the_same_again() =>
        EveryPenaltyRunsTests.GoesOn(Some.Quick with
        {
            Network = new Mlp { Layers = 1, Width = 16, Dropout = 0.3 },
            Epochs = 3,
            BatchSize = 16,
            Penalty = new DistanceCovariance { ApproximateSlices = 3, WholeSetEvery = 4 },
        }, LearningTask.Multiclass);

    [TestMethod]
    public void Without_any_weight_it_is_the_run_without_it_bit_by_bit()
    {
        using var scope = NewDisposeScope();
        var data = EveryPenaltyRunsTests.Data(LearningTask.Binary, 64);
        CollectionAssert.AreEqual(Some.Train(Some.Quick, LearningTask.Binary, data).Network.Parameters,
            Some.Train(Some.Quick with { Penalty = new DistanceCovariance { Weight = 0, WholeSetEvery = 2 } }, LearningTask.Binary, data).Network.Parameters);
    }

    [TestMethod]
    public void A_number_of_steps_below_0_is_refused() => Assert.AreEqual("WholeSetEvery must be at least 0, but is -1.",
        Assert.ThrowsExactly<ArgumentException>(new DistanceCovariance { WholeSetEvery = -1 }.Validate).Message);

    private static void AreClose(float[] expected, float[] actual, float tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance * Math.Max(1, Math.Abs(expected[i])), $"{i}");
    }
}
