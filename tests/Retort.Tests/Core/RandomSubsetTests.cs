namespace Retort.Tests;

[TestClass]
public sealed class RandomSubsetTests
{
    private static readonly OrderedRows s_rows = new(103, [.. Enumerable.Range(0, 103).Select(row => row % 10 == 0 ? 1L : 0L)], [.. Enumerable.Range(0, 103).Select(row => (long)(row * row % 13))])
    {
        Labeled = [.. Enumerable.Range(0, 103).Select(row => row % 3 != 0)],
        Cells = [.. Enumerable.Range(0, 103).Select(row => (long)(row % 4))],
    };

    private static IEnumerable<long[]> Steps(EpochOrder order) => order.Ends.Select((end, step) => order.Rows[(step == 0 ? 0 : order.Ends[step - 1])..end]);

    private static EpochSteps Epochs(RandomSubset? subset, RowOrder? order = null, Generator? random = null) => new(order ?? RowOrder.Shuffled, s_rows, 10, subset, random ?? new(1));

    [TestMethod]
    [DataRow(0.1, 1)]
    [DataRow(0.3, 3)]
    [DataRow(0.45, 5)]
    [DataRow(1.0, 11)]
    [DataRow(0.001, 1)]
    public void Every_row_comes_equally_often(double share, int steps)
    {
        var epochs = Epochs(new() { Share = share });
        var seen = new int[103];
        for (var epoch = 0; epoch < 11; epoch++) // as many orders as an epoch has steps
        {
            var order = epochs.Next(0);
            Assert.AreEqual(steps, order.Ends.Length);
            foreach (var row in order.Rows)
                seen[row]++;
        }

        Assert.IsTrue(seen.All(times => times == steps), string.Join(" ", seen));
    }

    [TestMethod]
    public void With_replacement_every_epoch_is_the_beginning_of_an_order_of_its_own()
    {
        var (own, whole) = (Epochs(new() { Share = 0.3, Replacement = true }), Epochs(null));
        for (var epoch = 0; epoch < 5; epoch++)
        {
            var part = own.Next(0);
            CollectionAssert.AreEqual(whole.Next(0).Rows[..30], part.Rows);
            CollectionAssert.AreEqual(new[] { 10, 20, 30 }, part.Ends);
        }
    }

    [TestMethod]
    public void The_steps_are_those_of_the_whole_order_whatever_orders_rows()
    {
        foreach (var order in new[] { RowOrder.Shuffled, RowOrder.EveryClass, RowOrder.WholeGroups, RowOrder.LabeledHalves, RowOrder.Stratified, new TemperedOrder(CooldownBy.Group, 2, 1, 0.5) })
        {
            var (own, whole, random) = (Epochs(new() { Share = 0.4 }, order), new List<long[]>(), new Generator(1));
            while (whole.Count < 60)
                whole.AddRange(Steps(order.Draw(s_rows, 10, 0, random)));
            var steps = new List<long[]>();
            while (steps.Count < 30)
                steps.AddRange(Steps(own.Next(0)));
            foreach (var (a, b) in steps.Zip(whole))
                CollectionAssert.AreEqual(b, a, order.ToString());
        }
    }

    [TestMethod]
    public void An_epoch_that_is_read_again_is_the_same_and_so_are_those_after_it()
    {
        foreach (var subset in new[] { null, new RandomSubset { Share = 0.4 }, new RandomSubset { Share = 0.4, Replacement = true } })
        {
            var epochs = Epochs(subset);
            for (var i = 0; i < 9; i++)
            {
                var epoch = epochs.Next(i / 9.0);
                using var memory = new MemoryStream();
                using (var writer = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true))
                    epochs.Write(writer);
                var others = Epochs(subset, random: new(7));
                memory.Position = 0;
                others.Read(new(memory));
                Assert.AreEqual(memory.Length, memory.Position);
                CollectionAssert.AreEqual(epoch.Rows, others.Next(i / 9.0).Rows);
                epochs = others;
            }
        }
    }

    [TestMethod]
    public void A_share_of_1_changes_no_bit_and_a_smaller_one_makes_epochs_cheaper()
    {
        using var data = Some.Clouds(100);
        var whole = Some.Train(Some.Quick, LearningTask.Multiclass, data);
        CollectionAssert.AreEqual(whole.Network.Parameters, Some.Train(Some.Quick with { Subset = new() { Share = 1 } }, LearningTask.Multiclass, data).Network.Parameters);
        Assert.IsTrue(whole.Epochs.All(report => report.Rows == 100));

        var quarter = Some.Train(Some.Quick with { Subset = new() { Share = 0.25 }, Epochs = 60 }, LearningTask.Multiclass, data);
        Assert.AreEqual(15 * 100, quarter.Epochs.Sum(report => report.Rows)); // 60 epochs of one of four steps
        Assert.AreEqual(0, quarter.Epochs[^1].LearningRate, 0.01 / 59); // the schedule runs over the steps that are made
        Assert.AreEqual(whole.Epochs[^1].TrainLoss, quarter.Epochs.TakeLast(4).Average(report => report.TrainLoss), 0.1);
    }

    [TestMethod]
    public void Groups_teachers_and_penalties_go_with_it()
    {
        using var data = Some.Clouds(96);
        using var said = new Dataset
        {
            Features = data.Features,
            Labels = data.Labels,
            Classes = 3,
            Teacher = Some.Probabilities(3, float32, 96, 3),
            Groups = data.Labels,
            Protected = ProtectedColumns.Of(ProtectedColumn.OfCategories("third", data.Labels!, 3)),
        };
        foreach (var recipe in new[]
        {
            Some.Quick with { Distillation = new SoftTargets() },
            Some.Quick with { Penalty = new DemographicParity { StratifiedBatches = true } },
            Some.Quick with { Penalty = new DistanceCovariance { WholeSetEvery = 2 } },
            Some.Quick with { Loss = new Cooldown { By = CooldownBy.Group } },
            Some.Quick with { Mixing = new Mixup(), Averaging = new StochasticAverage() },
        })
        {
            var result = Some.Train(recipe with { Subset = new() { Share = 0.4 } }, LearningTask.Multiclass, said);
            Assert.AreEqual(15, result.Epochs.Count);
            Assert.IsTrue(result.Epochs.All(report => report.Rows is > 0 and < 96 && double.IsFinite(report.TrainLoss)), recipe.ToString());
        }
    }

    [TestMethod]
    public void A_recipe_without_it_reads_as_before()
    {
        Assert.DoesNotContain("Subset", new Recipe().ToJson());
        Assert.DoesNotContain("Subset", new Recipe().ToString());
        var recipe = new Recipe { Subset = new() { Share = 0.25 } };
        Assert.AreEqual(recipe, Recipe.FromJson(recipe.ToJson()));
        Assert.Contains("Subset = RandomSubset { Share = 0.25, Replacement = False }", recipe.ToString());
        Assert.AreEqual("Share must be more than 0, but is 0.", Assert.ThrowsExactly<ArgumentException>(() => new Recipe { Subset = new() { Share = 0 } }.Validate()).Message);
    }
}
