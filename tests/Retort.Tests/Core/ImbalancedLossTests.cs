namespace Retort.Tests;

/// <summary>Losses for classes of very different sizes: logit-adjustment, dice, tversky, anyloss, mw.</summary>
[TestClass]
public sealed class ImbalancedLossTests
{
    private static Targets Mixed => Targets.Classes(0, 1, 0, 0, 1, 0);

    private static Tensor Pair => Some.Normal(1, float64, 6, 2);

    [TestMethod]
    public void Adjustment_adds_the_logarithm_of_the_training_shares()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var loss = new LogitAdjustmentLoss { Tau = 0.5 };
        loss.Begin(state, Targets.Classes(0, 0, 0, 1), tensor([1.0, 1, 1, 1]), null, 1); // 3/4 and 1/4
        var logits = Some.Normal(2, float64, 4, 2);
        var expected = new CrossEntropyLoss().Value(logits + 0.5 * tensor([Math.Log(0.75), Math.Log(0.25)]), Targets.Classes(0, 1, 1, 0));
        Assert.AreEqual(expected.ToDouble(), loss.Value(logits, Targets.Classes(0, 1, 1, 0), null, StepContext.First() with { State = state }).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Adjustment_by_equal_shares_or_tau_0_is_cross_entropy()
    {
        using var scope = NewDisposeScope();
        var (logits, even) = (Some.Normal(2, float64, 4, 2), Targets.Classes(0, 1, 1, 0));
        Assert.AreEqual(new CrossEntropyLoss().Value(logits, even).ToDouble(), new LogitAdjustmentLoss().Value(logits, even).ToDouble(), 1e-12);
        var odd = Targets.Classes(0, 1, 1, 1);
        Assert.AreEqual(new CrossEntropyLoss().Value(logits, odd).ToDouble(), new LogitAdjustmentLoss { Tau = 0 }.Value(logits, odd).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void A_class_that_training_lacks_has_a_finite_adjustment()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        new LogitAdjustmentLoss().Begin(state, Targets.Classes(0, 1), null, null, 1);
        Assert.IsTrue(new LogitAdjustmentLoss().Value(zeros(1, 4, dtype: float32), Targets.Classes(3), null, StepContext.First() with { State = state }).isfinite().ToBoolean());
    }

    [TestMethod]
    public void Dice_of_two_rows_by_hand() // class 1: p = (1/2, 3/4), y = (0, 1); 2 * 3/4 over 1/2 + 3/4 + 1, or 1/4 + 9/16 + 1 squared
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[,] { { 0, 0 }, { 0, Math.Log(3) } });
        var loss = new DiceLoss { Smooth = 1e-12, SquaredDenominator = false };
        Assert.AreEqual(1 - 1.5 / 2.25, loss.Value(logits, Targets.Classes(0, 1)).ToDouble(), 1e-9);
        Assert.AreEqual(1 - 1.5 / (0.25 + 0.5625 + 1), (loss with { SquaredDenominator = true }).Value(logits, Targets.Classes(0, 1)).ToDouble(), 1e-9);

        // self-adjusting: q = (1 - p) p = (1/4, 3/16)
        Assert.AreEqual(1 - 2 * 0.1875 / (0.25 + 0.1875 + 1), (loss with { Alpha = 1 }).Value(logits, Targets.Classes(0, 1)).ToDouble(), 1e-9);

        // row by row: the first has nothing of class 1, the second 1.5 of 1.75
        Assert.AreEqual((1 + 1 - 1.5 / 1.75) / 2, (loss with { Reduction = OverlapReduction.Sample }).Value(logits, Targets.Classes(0, 1)).ToDouble(), 1e-9);
    }

    [TestMethod]
    public void Dice_of_several_classes_is_the_mean_of_one_against_the_rest()
    {
        using var scope = NewDisposeScope();
        var logits = Some.Normal(1, float64, 5, 3);
        var p = logits.softmax(1);
        long[] labels = [0, 1, 2, 1, 0];
        double OneAgainstRest(int label)
        {
            var own = p.select(1, label);
            return new DiceLoss().Value(stack([(1 - own).log(), own.log()], 1), Targets.Classes([.. labels.Select(l => l == label ? 1L : 0)])).ToDouble();
        }

        Assert.AreEqual((OneAgainstRest(0) + OneAgainstRest(1) + OneAgainstRest(2)) / 3, new DiceLoss().Value(logits, Targets.Classes(labels)).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Tversky_with_halves_is_dice_without_squares_and_twice_the_smoothing()
    {
        using var scope = NewDisposeScope();
        foreach (var (logits, targets) in new[] { (Pair, Mixed), (Some.Normal(1, float64, 5, 3), Targets.Classes(0, 1, 2, 1, 0)) })
            Assert.AreEqual(
                new DiceLoss { SquaredDenominator = false, Smooth = 0.02 }.Value(logits, targets).ToDouble(),
                new TverskyLoss { FalsePositives = 0.5, FalseNegatives = 0.5, Smooth = 0.01 }.Value(logits, targets).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void A_batch_without_the_class_still_says_that_it_is_absent()
    {
        using var scope = NewDisposeScope();
        foreach (var loss in new Loss[] { new DiceLoss(), new TverskyLoss() })
        {
            var logits = zeros(3, 2, dtype: float64).requires_grad_();
            loss.Value(logits, Targets.Classes(0, 0, 0)).backward();
            Assert.IsTrue(logits.grad!.select(1, 1).min().ToDouble() > 0);
        }
    }

    [TestMethod]
    public void Sharpness_ramps_over_the_run_and_epochs_are_judged_by_its_end()
    {
        using var scope = NewDisposeScope();
        var (ramp, end) = (new AnyLoss(), new AnyLoss { StartSharpness = 73 });
        double At(AnyLoss loss, double progress) => loss.Value(Pair, Mixed, null, StepContext.First() with { Progress = progress }).ToDouble();
        Assert.AreEqual(At(new() { Sharpness = 4 }, 0), At(ramp, 0), 1e-12);
        Assert.AreEqual(At(new() { Sharpness = 38.5, StartSharpness = 38.5 }, 0), At(ramp, 0.5), 1e-12);
        Assert.AreEqual(At(end, 0.3), ramp.Judge(new(Pair), Mixed, null, StepContext.First()).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void A_fixed_sharpness_of_73_has_no_gradient_where_all_rows_are_far_below_one_half_and_the_ramp_has()
    {
        using var scope = NewDisposeScope();
        double Slope(AnyLoss loss)
        {
            var logits = (Pair + tensor([0.0, -4])).requires_grad_(); // p of some 2 %
            loss.Value(logits, Mixed).backward();
            return logits.grad!.abs().max().ToDouble();
        }

        Assert.IsTrue(Slope(new AnyLoss { StartSharpness = 73 }) < 1e-10);
        Assert.IsTrue(Slope(new AnyLoss()) > 1e-3);
    }

    [TestMethod]
    public void Pairs_by_hand() // scores 1 and 3 of class 1, 0 of class 0: the mean of ln(1 + e^-1) and ln(1 + e^-3)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[,] { { 0, 1.0 }, { 0, 3 }, { 0, 0 } });
        var targets = Targets.Classes(1, 1, 0);
        Assert.AreEqual((Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(-3))) / 2, new MannWhitneyLoss().Value(logits, targets).ToDouble(), 1e-12);
        Assert.AreEqual(Math.Log(1 + Math.Exp(-0.5)) / 4 + 3 * Math.Log(1 + Math.Exp(-1.5)) / 4, new MannWhitneyLoss { Temperature = 2 }.Value(logits, targets, tensor([1.0, 3, 5])).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Pairs_bound_the_area_over_the_curve()
    {
        using var scope = NewDisposeScope();
        var step = StepContext.First();
        for (var seed = 0UL; seed < 20; seed++)
        {
            var logits = Some.Normal(seed, float64, 30, 2);
            var targets = Targets.Classes(Enumerable.Range(0, 30).Select(row => row % 4 == 0 ? 1L : 0).ToArray());
            Assert.IsTrue(new MannWhitneyLoss().Value(logits, targets).ToDouble() / Math.Log(2) >= new MannWhitneyLoss().Judge(new(logits), targets, null, step).ToDouble());
        }
    }

    [TestMethod]
    public void Ties_are_half_wrong_and_one_class_says_nothing()
    {
        using var scope = NewDisposeScope();
        double Judge(Tensor logits, params long[] classes) => new MannWhitneyLoss().Judge(new(logits), Targets.Classes(classes), null, StepContext.First()).ToDouble();
        Assert.AreEqual(0.5, Judge(zeros(3, 2), 0, 1, 1));
        Assert.AreEqual(0.5, Judge(Some.Normal(1, float32, 3, 2), 1, 1, 1));
        Assert.AreEqual(0, Judge(tensor(new float[,] { { 0, -1 }, { 0, 1 } }), 0, 1));
        Assert.AreEqual(1, Judge(tensor(new float[,] { { 0, -1 }, { 0, 1 } }), 1, 0));
    }

    [TestMethod]
    public void Too_many_pairs_are_thinned_to_a_draw_of_class_0_that_is_right_on_average()
    {
        using var scope = NewDisposeScope();
        var logits = Some.Normal(1, float64, 200, 2);
        var targets = Targets.Classes(Enumerable.Range(0, 200).Select(row => row < 10 ? 1L : 0).ToArray());
        var step = StepContext.First();
        var draws = Enumerable.Range(0, 300).Select(_ => new MannWhitneyLoss { MaxPairs = 200 }.Value(logits, targets, null, step).ToDouble()).ToArray(); // 20 of 190
        Assert.AreEqual(new MannWhitneyLoss().Value(logits, targets).ToDouble(), draws.Average(), 0.02);
        Assert.IsTrue(draws.Distinct().Count() > 100);
    }

    [TestMethod]
    public void Scores_alone_give_no_probabilities() =>
        Assert.IsFalse(new MannWhitneyLoss().GivesProbabilities || new EnsembleLoss().GivesProbabilities || new SphericalZLoss().GivesProbabilities);

    [TestMethod]
    public void Losses_over_a_batch_ask_for_every_class_in_each()
    {
        foreach (var loss in new Loss[] { new DiceLoss(), new TverskyLoss(), new AnyLoss(), new MannWhitneyLoss() })
            Assert.AreEqual(RowOrder.EveryClass, loss.Order);
    }
}
