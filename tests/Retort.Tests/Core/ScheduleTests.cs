namespace Retort.Tests;

[TestClass]
public sealed class ScheduleTests
{
    public static IEnumerable<object[]> Sampled => EveryPartTests.Samples(typeof(Schedule)).Select(part => new object[] { (Schedule)part });

    private static EpochReport Report(double norm, double sum = 0) => new(1, 1, 0, null, 0, TimeSpan.Zero, norm, sum);

    [TestMethod, DynamicData(nameof(Sampled))]
    public void Every_factor_lies_in_0_to_1_and_some_factor_is_near_1(Schedule schedule)
    {
        double[] factors = [.. Enumerable.Range(0, 1001).Select(i => schedule.Factor(i / 1000.0))];
        Assert.IsTrue(factors.All(factor => factor is >= 0 and <= 1));
        Assert.IsTrue(factors.Max() > 0.79); // linear decay whose first fifth warms up
    }

    [TestMethod, DynamicData(nameof(Sampled))]
    public void Warm_up_rises_in_a_straight_line_and_leaves_the_rest_alone(Schedule schedule)
    {
        var (warm, cold) = (schedule with { WarmUp = 0.2 }, schedule with { WarmUp = 0 });
        Assert.AreEqual(0, warm.Factor(0));
        Assert.AreEqual(0.25 * cold.Factor(0.05), warm.Factor(0.05), 1e-12);
        Assert.AreEqual(cold.Factor(0.2), warm.Factor(0.2));
        Assert.AreEqual(cold.Factor(0.7), warm.Factor(0.7));
    }

    [TestMethod]
    public void Cosine_is_halfway_in_the_middle()
    {
        Assert.AreEqual(1, new CosineDecay().Factor(0), 1e-12);
        Assert.AreEqual(0.5 * (1 + Math.Sqrt(0.5)), new CosineDecay().Factor(0.25), 1e-12); // cos(pi / 4)
        Assert.AreEqual(0.5, new CosineDecay().Factor(0.5), 1e-12);
        Assert.AreEqual(0.1, new CosineDecay { Final = 0.1 }.Factor(1), 1e-12);
        Assert.AreEqual(0.55, new CosineDecay { Final = 0.1 }.Factor(0.5), 1e-12);
    }

    [TestMethod]
    public void One_cycle_rises_to_its_peak_and_falls()
    {
        var schedule = new OneCycle { Peak = 0.4, First = 0.2, Final = 0.1 };
        Assert.AreEqual(0.2, schedule.Factor(0), 1e-12);
        Assert.AreEqual(0.6, schedule.Factor(0.2), 1e-12); // halfway between 0.2 and 1
        Assert.AreEqual(1, schedule.Factor(0.4), 1e-12);
        Assert.AreEqual(0.55, schedule.Factor(0.7), 1e-12); // halfway between 1 and 0.1
        Assert.AreEqual(0.1, schedule.Factor(1), 1e-12);
        Assert.AreEqual(1, new OneCycle { Peak = 1 }.Factor(1), 1e-12);
        Assert.AreEqual(1, new OneCycle { Peak = 0 }.Factor(0), 1e-12);
    }

    [TestMethod]
    public void Flat_cosine_is_flat_and_then_a_cosine()
    {
        Assert.AreEqual(1, new FlatCosine().Factor(0.49));
        Assert.AreEqual(0.5, new FlatCosine().Factor(0.75), 1e-12);
        Assert.AreEqual(0, new FlatCosine().Factor(1), 1e-12);
        Assert.AreEqual(1, new FlatCosine { Flat = 1 }.Factor(1));
    }

    [TestMethod]
    public void Coslog4_is_0_at_the_seams_of_its_waves_and_1_in_their_middles()
    {
        foreach (var seam in new[] { 0, 1 / 15.0, 3 / 15.0, 7 / 15.0, 1 }) // log2(1 + 15 t) = 0, 1, 2, 3, 4
            Assert.AreEqual(0, new CosLog4().Factor(seam), 1e-12);
        Assert.AreEqual(1, new CosLog4().Factor((Math.Sqrt(2) - 1) / 15), 1e-12); // log2(sqrt 2) = 1/2
        Assert.AreEqual(1, new CosLog4().Factor((Math.Pow(2, 3.5) - 1) / 15), 1e-12);
    }

    [TestMethod]
    public void Refined_decay_with_equal_gradients_is_linear_decay()
    {
        var refined = RefinedDecay.After(Enumerable.Repeat(Report(0.3, 4), 7), true);
        for (var progress = 0.0; progress <= 1; progress += 0.01)
        {
            Assert.AreEqual(1 - progress, refined.Factor(progress), 1e-12);
            Assert.AreEqual(1 - progress, new RefinedDecay().Factor(progress), 1e-12);
        }
    }

    [TestMethod]
    public void Refined_decay_by_hand() // weights 1, 3: w times what is left is 4 at 0, 3.5 at 1/4, 3 * 3 = 9 at 1/2, 4.5 at 3/4
    {
        var refined = new RefinedDecay { Weights = [1, 3] };
        double[] expected = [4 / 9.0, 3.5 / 9, 1, 0.5, 0];
        for (var i = 0; i < 5; i++)
            Assert.AreEqual(expected[i], refined.Factor(i / 4.0), 1e-12);
    }

    [TestMethod]
    public void Norms_become_weights_by_the_optimizer()
    {
        EpochReport[] reports = [Report(1, 10), Report(2, 5)];
        Assert.AreEqual<ValueList<double>>([1, 0.25], RefinedDecay.After(reports, false).Weights); // Euclidean, power -2
        Assert.AreEqual<ValueList<double>>([0.5, 1], RefinedDecay.After(reports, true).Weights); // sums, power -1
    }

    [TestMethod]
    public void A_median_takes_out_a_single_spike()
    {
        EpochReport[] reports = [Report(1), Report(1), Report(90), Report(1), Report(2)];
        Assert.AreEqual<ValueList<double>>([1, 1, 1, 0.25, 0.25], RefinedDecay.After(reports, false, smoothing: 0.4).Weights); // medians of three: 1, 1, 1, 2, 2
    }

    [TestMethod]
    public void Gradients_that_vanish_leave_a_finite_schedule()
    {
        RefinedDecay.After([Report(0), Report(0)], false).Validate();
        RefinedDecay.After([Report(1), Report(0)], false, 0).Validate();
    }

    [TestMethod]
    public void Settings_outside_their_range_are_refused()
    {
        string Refusal(Schedule schedule) => Assert.ThrowsExactly<ArgumentException>(schedule.Validate).Message;
        Assert.AreEqual("WarmUp must lie in [0, 1), but is 1.", Refusal(new ConstantRate { WarmUp = 1 }));
        Assert.AreEqual("WarmUp must lie in [0, 1), but is -1.", Refusal(new LinearDecay { WarmUp = -1 }));
        Assert.AreEqual("Final must lie in [0, 1], but is 2.", Refusal(new CosineDecay { Final = 2 }));
        Assert.AreEqual("Peak must lie in [0, 1], but is 1.5.", Refusal(new OneCycle { Peak = 1.5 }));
        Assert.AreEqual("Flat must lie in [0, 1], but is -0.5.", Refusal(new FlatCosine { Flat = -0.5 }));
        Assert.AreEqual("A weight must be more than 0, but is 0.", Refusal(new RefinedDecay { Weights = [1, 0] }));
        Assert.AreEqual("The number of reports must be at least 1, but is 0.", Assert.ThrowsExactly<ArgumentException>(() => RefinedDecay.After([], false)).Message);
    }
}
