namespace Retort.Tests;

/// <summary>Losses that do something with another one: loss-reweighting and cooldown.</summary>
[TestClass]
public sealed class WrappedLossTests
{
    private static readonly long[] Unequal = [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2]; // 8, 1 and 3 rows

    private static Tensor Logits => Some.Normal(1, float64, 12, 3);

    private static Targets Labels => Targets.Classes(Unequal);

    [TestMethod]
    public void A_wrapper_is_in_all_else_as_what_it_wraps()
    {
        using var state = new PartState();
        foreach (var wrapper in new WrappedLoss[] { new LossReweighting { Of = new PinballLoss() }, new Cooldown { Of = new PinballLoss(), Mode = CooldownMode.Upweight }, new OutputZLoss { Of = new PinballLoss() } })
        {
            Assert.AreEqual(3, wrapper.RegressionOutputs);
            Assert.AreEqual(LinkFunction.Quantiles, wrapper.Link(state).Function);
        }

        Assert.IsTrue(new OutputZLoss { Of = new CauchySchwarzLoss() }.NeedsHidden);
        Assert.AreEqual(LabelScaling.MeanOne, new LossReweighting { Of = new PoissonLoss() }.Scaling);
        Assert.IsFalse(new Cooldown { Of = new AdaptiveLabelRobustLoss() }.GivesProbabilities);
        Assert.AreEqual("Gamma must be at least 0, but is -1.", Assert.ThrowsExactly<ArgumentException>(new LossReweighting { Of = new FocalLoss { Gamma = -1 } }.Validate).Message);
    }

    [TestMethod]
    public void A_recipe_of_nested_losses_comes_back_from_json()
    {
        var recipe = new Recipe { Loss = new OutputZLoss { Of = new LossReweighting { Of = new FocalLoss { Gamma = 1 }, Strategy = ReweightingStrategy.Quadratic } } };
        Assert.AreEqual(recipe, Recipe.FromJson(recipe.ToJson()));
    }

    [TestMethod]
    [DataRow(ReweightingStrategy.LinUpper, 0, 1, 1)] // min(h + 1, 1) of h = -1, 0, 1
    [DataRow(ReweightingStrategy.Quadratic, 0, 1, 0)] // 1 - h^2
    [DataRow(ReweightingStrategy.Extremes, 1, 0, 1)] // |h|
    public void Losses_of_1_2_and_3_by_hand(ReweightingStrategy strategy, double low, double middle, double high)
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new[,] { { 1.0 }, { Math.Sqrt(2) }, { Math.Sqrt(3) } });
        var (a, b, c) = (Math.Exp(low / 0.5), 5 * Math.Exp(middle / 0.5), Math.Exp(high / 0.5)); // the second row weighs 5
        var loss = new LossReweighting { Of = new SquaredLoss(), Strategy = strategy, Temperature = 0.5 };
        Assert.AreEqual((a + 2 * b + 3 * c) / (a + b + c), loss.Value(outputs, Targets.Values(zeros(3)), tensor([1.0, 5, 1])).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Factors_by_loss_are_held_fixed()
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new[,] { { 1.0 }, { Math.Sqrt(2) }, { Math.Sqrt(3) } }).requires_grad_();
        new LossReweighting { Of = new SquaredLoss() }.Value(outputs, Targets.Values(zeros(3))).backward();
        var (a, b) = (1, Math.E); // LinUpper: 0, 1, 1
        Assert.AreEqual(2 * a / (a + 2 * b), outputs.grad![0, 0].ToDouble(), 1e-12);
        Assert.AreEqual(2 * Math.Sqrt(3) * b / (a + 2 * b), outputs.grad![2, 0].ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Equal_losses_and_warm_up_epochs_count_alike()
    {
        using var scope = NewDisposeScope();
        Assert.AreEqual(4, new LossReweighting { Of = new SquaredLoss() }.Value(full(3, 1, 2.0, dtype: float64), Targets.Values(zeros(3))).ToDouble(), 1e-12);
        var warm = new LossReweighting { WarmUp = 2 };
        var plain = new CrossEntropyLoss().Value(Logits, Labels).ToDouble();
        Assert.AreEqual(plain, warm.Value(Logits, Labels, null, StepContext.First() with { Epoch = 2 }).ToDouble(), 1e-12);
        Assert.AreNotEqual(plain, warm.Value(Logits, Labels, null, StepContext.First() with { Epoch = 3 }).ToDouble(), 1e-3);
    }

    [TestMethod]
    public void Over_all_rows_upweighting_is_the_expectation_of_upsampling()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var loss = new Cooldown { Temperature = 3, CooldownAt = 1, Mode = CooldownMode.Upweight };
        loss.Begin(state, Labels, null, null, 1);
        var losses = new CrossEntropyLoss().PerRow(Logits, Labels);
        double[] sizes = [8, 1, 3];
        var total = sizes.Sum(n => Math.Pow(n, 1 / 3.0));
        var expected = Enumerable.Range(0, 12).Sum(row => Math.Pow(sizes[Unequal[row]], 1 / 3.0) / total / sizes[Unequal[row]] * losses[row].ToDouble()); // a draw takes a class, then one of its rows
        Assert.AreEqual(expected, loss.Value(Logits, Labels, null, StepContext.First() with { State = state }).ToDouble(), 1e-12);

        var order = new Cooldown { Temperature = 3, CooldownAt = 1 }.Order;
        var random = new Generator(1);
        var draws = Enumerable.Range(0, 4000).SelectMany(_ => order.Draw(new(12, Unequal, []), 12, 0, random).Rows).ToArray();
        Assert.AreEqual(expected, draws.Average(row => losses[row].ToDouble()), 0.02);
    }

    [TestMethod]
    public void A_weight_counts_as_rows_do()
    {
        using var scope = NewDisposeScope();
        var loss = new Cooldown { Mode = CooldownMode.Upweight };
        Assert.AreEqual(
            loss.Value(Logits.index_select(0, tensor(new long[] { 0, 0, 0, 9 })), Targets.Classes(0, 0, 0, 2)).ToDouble(),
            loss.Value(Logits.index_select(0, tensor(new long[] { 0, 9 })), Targets.Classes(0, 2), tensor([3.0, 1])).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void An_epoch_has_as_many_rows_as_there_are_in_tempered_shares_and_the_true_ones_after_cooling()
    {
        var order = new TemperedOrder(CooldownBy.Group, 1e6, 1, 0.5);
        var rows = new OrderedRows(1200, [], [.. Enumerable.Range(0, 1200).Select(row => row % 12 == 0 ? -5L : 9)]);
        var random = new Generator(2);
        var hot = order.Draw(rows, 100, 0.49, random);
        Assert.AreEqual(1200, hot.Rows.Length);
        CollectionAssert.AreEqual(Enumerable.Range(1, 12).Select(step => 100 * step).ToArray(), hot.Ends);
        Assert.AreEqual(600, hot.Rows.Count(row => row % 12 == 0), 60); // 3.5 deviations of 17
        Assert.AreEqual(100, order.Draw(rows, 100, 0.5, random).Rows.Count(row => row % 12 == 0), 35); // deviation 10
    }

    [TestMethod]
    public void Cooldown_ends_at_its_fraction_and_judges_by_its_end()
    {
        using var scope = NewDisposeScope();
        var loss = new Cooldown { Mode = CooldownMode.Upweight, CooldownTo = 2, CooldownAt = 0.5 };
        double At(Cooldown cooldown, double progress) => cooldown.Value(Logits, Labels, null, StepContext.First() with { Progress = progress }).ToDouble();
        Assert.AreEqual(At(loss with { CooldownAt = 1 }, 0), At(loss, 0.49), 1e-12);
        Assert.AreEqual(At(loss with { Temperature = 2 }, 0), At(loss, 0.5), 1e-12);
        Assert.AreEqual(At(loss, 0.5), loss.Judge(new(Logits), Labels, null, StepContext.First()).ToDouble(), 1e-12);
        Assert.AreEqual(new CrossEntropyLoss().Value(Logits, Labels).ToDouble(), At(loss with { CooldownTo = 1 }, 0.5), 1e-12);
    }

    [TestMethod]
    public void Groups_that_training_lacks_count_1()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var loss = new Cooldown { By = CooldownBy.Group, Mode = CooldownMode.Upweight, CooldownAt = 1 };
        loss.Begin(state, Labels, null, tensor(Unequal), 1);
        var step = StepContext.First() with { State = state, Groups = full(12, 77, dtype: int64) };
        Assert.AreEqual(new CrossEntropyLoss().Value(Logits, Labels).ToDouble(), loss.Value(Logits, Labels, null, step).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Groups_must_be_given_and_regression_has_no_classes()
    {
        using var state = new PartState();
        Assert.AreEqual("A group column must be given where By is Group, but is not.",
            Assert.ThrowsExactly<ArgumentException>(() => new Cooldown { By = CooldownBy.Group }.Begin(state, Labels, null, null, 1)).Message);
        Assert.AreEqual("By must be Group in regression, but is Label.",
            Assert.ThrowsExactly<ArgumentException>(() => new Cooldown { Of = new SquaredLoss() }.Begin(state, Targets.Values(zeros(3)), null, null, 1)).Message);
    }
}
