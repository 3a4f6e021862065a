namespace Retort.Tests;

[TestClass]
public sealed class MixupTests
{
    private static RowMix Draw(Mixing mixing, MixingRows all, int rows, ulong seed = 1) => mixing.Draw(new(all, mixing.Pair(all), [.. Enumerable.Range(0, rows).Select(row => (long)row)], new(seed)));

    [TestMethod]
    public void Shares_are_those_of_the_beta_distribution_folded_at_one_half()
    {
        // of X from Beta(a, a): variance 1 / (4 (2a + 1)), which folding leaves as the mean square distance from 1/2
        foreach (var alpha in new[] { 0.05, 0.5, 1, 4 })
        {
            var shares = Draw(new Mixup { Alpha = alpha }, new() { Rows = 100_000 }, 100_000).Shares;
            Assert.IsTrue(shares.All(share => share is >= 0.5f and <= 1));
            Assert.AreEqual(1 / (4 * (2 * alpha + 1)), shares.Average(share => (share - 0.5) * (share - 0.5)), 2e-3);
        }

        Assert.AreEqual(Math.Sqrt(0.5) / 2, Enumerable.Range(0, 1).Select(_ => Draw(new Mixup { Alpha = 0.5 }, new() { Rows = 100_000 }, 100_000).Shares.Order().ElementAt(50_000) - 0.5).Single(), 3e-3); // arcsine law: the quartile is sin^2(pi/8)
    }

    [TestMethod]
    public void Tiny_alphas_leave_rows_as_they_are_and_none_is_NaN()
    {
        var random = new Generator(1);
        var draws = Enumerable.Range(0, 10_000).Select(_ => BetaDraw.Of(1e-4, random)).ToArray();
        Assert.IsTrue(draws.All(draw => draw is >= 0 and <= 1));
        Assert.AreEqual(0.5, draws.Average(), 0.02);
    }

    [TestMethod]
    public void The_mean_of_a_lopsided_beta_is_right() // a / (a + b)
    {
        var random = new Generator(1);
        Assert.AreEqual(0.25, Enumerable.Range(0, 50_000).Average(_ => BetaDraw.Of(0.5, 1.5, random)), 4e-3);
        Assert.AreEqual(0.8, Enumerable.Range(0, 50_000).Average(_ => BetaDraw.Of(8, 2, random)), 3e-3);
    }

    [TestMethod]
    public void Every_row_of_a_step_is_the_partner_of_one()
    {
        var mix = Draw(new Mixup(), new() { Rows = 100 }, 50);
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 50).ToArray(), mix.Places);
        CollectionAssert.AreEqual(mix.Places!.Select(place => (long)place).ToArray(), mix.Partners);
    }

    [TestMethod]
    public void Rows_are_mixed_within_their_kind()
    {
        byte[] kinds = [2, 2, 0, 1, 2, 1, 2, 2, 0, 2];
        for (var seed = 1UL; seed < 50; seed++)
        {
            var mix = Draw(new Mixup(), new() { Rows = 10, Kinds = kinds }, 10, seed);
            CollectionAssert.AreEquivalent(Enumerable.Range(0, 10).ToArray(), mix.Places);
            for (var row = 0; row < 10; row++)
                Assert.AreEqual(kinds[row], kinds[mix.Partners[row]]);
        }
    }

    [TestMethod]
    public void A_category_stays_with_its_rows_share_as_the_probability()
    {
        var mix = Draw(new Mixup { Alpha = 1 }, new() { Rows = 20_000, Columns = 2 }, 20_000);
        Assert.AreEqual(mix.Shares.Average(), mix.Kept!.Average(kept => kept ? 1.0 : 0), 5e-3);
    }

    [TestMethod]
    public void A_batch_by_hand_and_one_of_tensors_hold_the_same_mixture()
    {
        using var scope = NewDisposeScope();
        foreach (var task in Enum.GetValues<LearningTask>())
        {
            var data = Lesson.Data(task, 20);
            using var other = data.TaughtBy(Lesson.Of(new SoftTargets(), task, 20).Teacher!, [], []);
            var train = new TaskData(other, task, Scale.Of(data, task, LabelScaling.Standardised));
            var mix = Draw(new Mixup { Alpha = 1 }, train.ForMixing(null), 20);
            var (memory, mixed) = (new BatchMemory(train, 20, 1), new MixedRows(mix, CPU));
            memory.Take(mix.Rows, mix);
            var batch = train.Batch(mixed, 1, soft: true);
            Assert.IsTrue(memory.Features.allclose(batch.Features, 1e-6));
            Assert.IsTrue(memory.Categories is null || memory.Categories.Equals(batch.Categories!));
            Assert.IsTrue(tensor(memory.Teacher.ToArray()).allclose(mixed.Of(train.Teacher!).view(-1), 1e-6));

            // by the formula
            var (i, j) = (3, (int)mix.Partners[3]);
            var share = mix.Shares[3];
            Assert.AreEqual(share * data.Features[i, 0].ToSingle() + (1 - share) * data.Features[j, 0].ToSingle(), batch.Features[i, 0].ToSingle(), 1e-6);
            if (task == LearningTask.Regression)
                Assert.AreEqual(share * train.Labels[i].ToSingle() + (1 - share) * train.Labels[j].ToSingle(), batch.Targets.RealValues(zeros(20, 1))[i].ToSingle(), 1e-6);
            else
                Assert.AreEqual(data.Labels![i].ToInt64() == data.Labels[j].ToInt64() ? 1 : share, batch.Targets.Distribution(zeros(20, data.Classes))[i, (int)data.Labels[i].ToInt64()].ToSingle(), 1e-6);
        }
    }

    [TestMethod]
    public void Alpha_zero_is_the_run_without_mixing()
    {
        using var scope = NewDisposeScope();
        foreach (var task in Enum.GetValues<LearningTask>())
            foreach (var site in Enum.GetValues<MixingSite>())
            {
                var data = Lesson.Data(task, 64);
                CollectionAssert.AreEqual(Some.Train(Some.Quick, task, data).Network.Parameters, Some.Train(Some.Quick with { Mixing = new Mixup { Alpha = 0, Site = site } }, task, data).Network.Parameters);
            }
    }

    [TestMethod]
    public void A_row_that_is_its_own_partner_stays_as_it_is()
    {
        using var scope = NewDisposeScope();
        foreach (var task in Enum.GetValues<LearningTask>())
            foreach (var mixing in new Mixing[] { new Mixup(), new Mixup { Site = MixingSite.Embedding }, new ManifoldMixup(), new RowCutMix() })
            {
                var (data, recipe) = (Lesson.Data(task, 30), Some.Quick with { BatchSize = 1, Epochs = 1, Optimizer = new Sgd { LearningRate = 0.01 } });
                var (plain, mixed) = (Some.Train(recipe, task, data).Network.Parameters, Some.Train(recipe with { Mixing = mixing }, task, data).Network.Parameters);
                for (var i = 0; i < plain.Length; i++)
                    Assert.AreEqual(plain[i], mixed[i], 1e-4 * Math.Max(1, Math.Abs(plain[i])), mixing.ToString());
            }
    }

    [TestMethod]
    public void Networks_that_teach_are_asked_about_the_mixed_rows()
    {
        using var scope = NewDisposeScope();
        foreach (var task in Enum.GetValues<LearningTask>())
        {
            var data = Lesson.Of(new SoftTargets(), task, 24);
            var (scale, network) = (Scale.Of(data, task, LabelScaling.Standardised), data.Networks[0]);
            var train = new TaskData(data, task, scale);
            var teacher = new RunTeacher(new SoftTargets(), Teaching.Given, train, task, scale, Place.Cpu);
            var mixed = new MixedRows(Draw(new Mixup { Alpha = 1 }, train.ForMixing(null), 24), CPU);
            var (features, categories) = mixed.Inputs(data);
            Assert.IsTrue(teacher.Of(mixed, features, 1).Scores.allclose(scale.Apply(network.Said(features, categories)), 1e-6));

            // and where rows are mixed within the network, what they said is mixed
            var within = new MixedRows(Draw(new Mixup { Site = MixingSite.Embedding }, train.ForMixing(null), 24), CPU);
            Assert.IsTrue(teacher.Of(within, features, 1).Scores.allclose(within.Of(train.Teacher!), 1e-6));
        }
    }

    [TestMethod]
    public void A_loss_that_takes_no_probabilities_sees_both_classes_by_their_shares()
    {
        using var scope = NewDisposeScope();
        var logits = Some.Normal(1, float64, 5, 3);
        var pairs = new LabelPairs(tensor(new long[] { 0, 1, 2, 0, 1 }), tensor(new long[] { 1, 1, 0, 2, 2 }), tensor(new[] { 0.5, 0.7, 1, 0.6, 0.9 }));
        var weights = tensor(new[] { 1.0, 2, 0, 3, 1 });
        var soft = pairs.Shares.unsqueeze(1) * nn.functional.one_hot(pairs.Own, 3) + (1 - pairs.Shares).unsqueeze(1) * nn.functional.one_hot(pairs.Partners, 3);
        Assert.AreEqual(
            new CrossEntropyLoss().Value(logits, Targets.Probabilities(soft), weights).ToDouble(), pairs.Loss(new ChunkedCrossEntropyLoss(), logits, weights, StepContext.First()).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void What_compares_whole_groups_is_refused()
    {
        using var scope = NewDisposeScope();
        var data = Some.Prices(30);
        var grouped = new Dataset { Features = data.Features, Categories = data.Categories, Cardinalities = data.Cardinalities, Labels = data.Labels, Classes = 1, Groups = arange(30, dtype: int64) % 5 };
        Assert.AreEqual("The mixing 'mixup' must be with a loss of single rows, but 'bag-loss' compares whole groups.",
            Assert.ThrowsExactly<ArgumentException>(() => Some.Train(Some.Quick with { Mixing = new Mixup(), Loss = new BagLoss() }, LearningTask.Regression, grouped)).Message);
    }

    [TestMethod]
    public void Within_the_network_a_distillation_of_blocks_is_refused()
    {
        using var scope = NewDisposeScope();
        var distillation = new HiddenRegression();
        Assert.AreEqual($"The mixing 'mixup' within the network must be with a distillation of its outputs, but '{Methods.Of(distillation).Id}' reads its hidden blocks.",
            Assert.ThrowsExactly<ArgumentException>(() => Some.Train(Some.Quick with { Mixing = new Mixup { Site = MixingSite.Embedding }, Distillation = distillation }, LearningTask.Multiclass, Lesson.Of(distillation, LearningTask.Multiclass, 30))).Message);
    }
}
