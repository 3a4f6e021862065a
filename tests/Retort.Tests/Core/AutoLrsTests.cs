namespace Retort.Tests;

[TestClass]
public sealed class AutoLrsTests
{
    [TestMethod]
    public void A_curve_is_carried_on()
    {
        double[] losses = [.. Enumerable.Range(0, 30).Select(step => 0.5 + 2 * Math.Exp(-step / 10.0))];
        Assert.AreEqual(0.5, LossForecast.Of(losses, 300), 0.1);
        Assert.AreEqual(losses[20], LossForecast.Of([.. losses.Take(20)], 20), 0.05);
        losses[7] = 9; // one step that went wrong
        Assert.AreEqual(0.5, LossForecast.Of(losses, 300), 0.3);
        Assert.AreEqual(2, LossForecast.Of([2, 2, 2, 2, 2, 2, 2], 100), 1e-12);
        Assert.AreEqual(1.5, LossForecast.Of([4, 3, 2, 1], 100), 1e-12);
        Assert.AreEqual(double.PositiveInfinity, LossForecast.Of([1, double.NaN], 5));
    }

    [TestMethod]
    public void The_search_finds_where_a_valley_is()
    {
        var search = new RateSearch(new AutoLrs { Least = 0.01, Most = 100 });
        var tried = new List<(double Factor, double Loss)>();
        for (var i = 0; i < 10; i++)
        {
            var factor = search.Next(tried);
            Assert.IsTrue(factor is >= 0.0099 and <= 100.1);
            tried.Add((factor, factor > 20 ? double.PositiveInfinity : Math.Pow(Math.Log10(factor / 0.1), 2)));
        }

        search.Choose(tried, 1, 1);
        Assert.IsTrue(search.Factor is > 0.03 and < 0.3, $"{search.Factor}");
        Assert.IsTrue(tried.Select(one => one.Factor).Distinct().Count() >= 3);
    }

    [TestMethod]
    public void A_rate_far_too_large_is_found_out_and_the_tries_are_counted()
    {
        using var data = Some.Clouds(128);
        var recipe = Some.Quick with { Epochs = 12, Patience = 12, BatchSize = 16, Optimizer = new AdamW { LearningRate = 3 }, Schedule = new AutoLrs { Stages = 3, Candidates = 8, Trial = 0.25, Least = 1e-4, Most = 1 } };
        var result = Some.Train(recipe, LearningTask.Multiclass, data);
        CollectionAssert.AreEqual(Enumerable.Range(1, 12).Select(epoch => epoch is 1 or 5 or 9 ? 128L + 8 * 128 : 128).ToArray(), result.Epochs.Select(report => report.Rows).ToArray()); // a try is a quarter of four epochs
        Assert.AreEqual(3, result.Epochs.Select(report => report.LearningRate).Chunk(4).Count(stage => stage.Distinct().Count() == 1));
        var constant = Some.Train(recipe with { Schedule = new ConstantRate() }, LearningTask.Multiclass, data);
        Assert.IsTrue(result.Epochs[^1].TrainLoss < constant.Epochs[^1].TrainLoss, $"{result.Epochs[^1].TrainLoss} {constant.Epochs[^1].TrainLoss}");
    }

    [TestMethod]
    public void A_run_that_is_ended_among_tries_or_steps_ends_in_the_same_bits()
    {
        using var data = Some.Clouds(64);
        var recipe = Some.Quick with { Epochs = 4, BatchSize = 16, Schedule = new AutoLrs { Stages = 2, Candidates = 3, Trial = 0.5 } };
        var whole = Some.Train(recipe, LearningTask.Multiclass, data);
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            foreach (var end in new[] { 1, 5, 14, 17, 22, 30, 45 })
            {
                var (left, checkpoint) = (end, new Checkpoint(Path.Combine(folder.FullName, $"{end}")) { Interval = TimeSpan.Zero });
                TrainingResult Run(Action check) => TrainingLoop.Run(recipe, LearningTask.Multiclass, data, null, 1, null, check, checkpoint: checkpoint);
                Assert.ThrowsExactly<OperationCanceledException>(() => Run(() => { if (left-- == 0) throw new OperationCanceledException(); }));
                var result = Run(() => { });
                CollectionAssert.AreEqual(whole.Network.Parameters, result.Network.Parameters, $"{end}");
                CollectionAssert.AreEqual(whole.Epochs.Select(report => (report.Rows, report.LearningRate)).ToArray(), result.Epochs.Select(report => (report.Rows, report.LearningRate)).ToArray());
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void Tries_leave_no_trace()
    {
        using var data = Some.Clouds(100);
        foreach (var subset in new[] { null, new RandomSubset { Share = 0.7 } })
        {
            // tries between a factor and itself: what is trained is what a constant rate trains
            var recipe = Some.Quick with { Epochs = 6, Network = new Mlp { Layers = 1, Width = 8, Dropout = 0.2 }, Averaging = new ExponentialAverage(), Mixing = new Mixup(), Subset = subset };
            var constant = Some.Train(recipe with { Schedule = new ConstantRate() }, LearningTask.Multiclass, data);
            var searched = Some.Train(recipe with { Schedule = new AutoLrs { Stages = 3, Candidates = 3, Trial = 0.9, Least = 1, Most = 1 + 1e-15 } }, LearningTask.Multiclass, data);
            CollectionAssert.AreEqual(constant.Network.Parameters, searched.Network.Parameters);
            Assert.AreEqual(constant.Epochs[^1].TrainLoss, searched.Epochs[^1].TrainLoss);
        }
    }
}
