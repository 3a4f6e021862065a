namespace Retort.Tests;

/// <summary>What holds for a run by every distillation, at its defaults and with whatever teacher it asks for.</summary>
[TestClass]
public sealed class EveryDistillationRunsTests
{
    private static readonly Recipe Short = Some.Quick with { Epochs = 3, BatchSize = 16, HoldOut = 0.25 };

    public static IEnumerable<object[]> Cases => Lesson.Cases;

    [TestMethod, DynamicData(nameof(Cases))]
    public void Without_any_weight_it_is_the_run_by_labels_bit_by_bit(Distillation distillation, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var none = EveryPartTests.With(EveryPartTests.With(Methods.Of(distillation).Create(), nameof(Distillation.Mode), DistillationMode.Add), nameof(Distillation.Weight), 0.0);
        var recipe = Short with { Network = new Mlp { Layers = 2, Width = 8, Dropout = 0.2 } };
        CollectionAssert.AreEqual(
            Some.Train(recipe, task, Lesson.Data(task, 64)).Network.Parameters,
            Some.Train(recipe with { Distillation = (Distillation)none }, task, Lesson.Of(distillation, task, 64)).Network.Parameters);
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_run_that_is_ended_goes_on_in_the_same_bits(Distillation distillation, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var data = Lesson.Of(distillation, task, 64);
            foreach (var place in new[] { Place.Cpu, Place.CpuByOperators })
            {
                var checkpoint = new Checkpoint(Path.Combine(folder.FullName, "checkpoint")) { Interval = TimeSpan.Zero };
                TrainingResult Run(Checkpoint? checkpoint, Action check) => TrainingLoop.Run(Short with { Distillation = distillation }, task, data, null, 1, null, check, place, default, checkpoint);
                var whole = Run(null, () => { });
                var left = 6;
                Assert.ThrowsExactly<OperationCanceledException>(() => Run(checkpoint, () => { if (left-- == 0) throw new OperationCanceledException(); }));
                CollectionAssert.AreEqual(whole.Network.Parameters, Run(checkpoint, () => { }).Network.Parameters);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_run_by_operators_learns_what_a_run_by_hand_learns(Distillation distillation, LearningTask task)
    {
        using var scope = NewDisposeScope();
        foreach (var network in new Network[] { new Mlp { Layers = 1, Width = 8 }, new TabM { Members = 2, Layers = 1, Width = 8, Dropout = 0 } })
        {
            var data = Lesson.Of(distillation, task, 64);
            float[] By(Place place) => TrainingLoop.Run(Short with { Network = network, Distillation = distillation, Epochs = 2, HoldOut = 0, Optimizer = new Sgd { LearningRate = 0.01 } }, task, data, null, 1, null, () => { }, place).Network.Parameters;
            var (hand, operators) = (By(Place.Cpu), By(Place.CpuByOperators));
            for (var i = 0; i < hand.Length; i++)
                Assert.AreEqual(operators[i], hand[i], 1e-3 * Math.Max(1, Math.Abs(operators[i])));
        }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void Right_labels_and_a_right_teacher_are_learned(Distillation distillation, LearningTask task)
    {
        using var scope = NewDisposeScope();
        foreach (var network in new Network[] { new Mlp { Layers = 2, Width = 16 }, new TabM { Members = 3, Layers = 1, Width = 16, Dropout = 0 } })
        {
            var recipe = Some.Quick with { Network = network, Distillation = distillation, Epochs = 25, Patience = 25, BatchSize = 60, HoldOut = 0.2, Optimizer = new AdamW { LearningRate = 0.02 } };
            var fitted = Some.Train(recipe, task, Lesson.Of(distillation, task, 600)).Network;
            var error = EveryDistillationLearnsTests.Error(fitted, task);
            Assert.IsTrue(error < (task switch { LearningTask.Binary => 0.2, LearningTask.Multiclass => 0.15, _ => 0.5 }), $"{network}: {error}"); // the best possible is 0.16, 0.09 and 0.01
            Assert.AreEqual(task == LearningTask.Multiclass ? 3 : 1, fitted.Outputs);
        }
    }

    [TestMethod, DynamicData(nameof(Cases))]
    public void A_fitted_network_scores_a_row_as_it_scores_many_and_comes_back_from_a_file(Distillation distillation, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var data = Lesson.Of(distillation, task, 64);
        var fitted = Some.Train(Short with { Distillation = distillation }, task, data).Network;
        var all = new float[64 * fitted.Outputs];
        fitted.Score(data.Features, data.Categories, all);
        var one = new float[fitted.Outputs];
        fitted.ScoreRow(data.Features[5].data<float>().ToArray(), data.Categories is null ? [] : data.Categories[5].data<long>().ToArray(), one);
        for (var i = 0; i < one.Length; i++)
            Assert.AreEqual(all[5 * one.Length + i], one[i], 1e-4 * Math.Max(1, Math.Abs(one[i])));

        var stream = new MemoryStream();
        fitted.Write(new BinaryWriter(stream));
        var again = new float[all.Length];
        FittedNetwork.Read(new BinaryReader(new MemoryStream(stream.ToArray()))).Score(data.Features, data.Categories, again);
        CollectionAssert.AreEqual(all, again);
    }
}
