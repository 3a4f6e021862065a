namespace Retort.Tests;

/// <summary>Losses of real values: huber, pseudo-huber, log-cosh, poisson, tweedie, pinball, gaussian-nll.</summary>
[TestClass]
public sealed class RegressionLossTests
{
    private static double At(Loss loss, double output, double label) => loss.Value(full(1, 1, output, dtype: float64), Targets.Values(full(1, 1, label, dtype: float64))).ToDouble();

    [TestMethod]
    public void Huber_is_half_the_square_up_to_delta_and_straight_beyond()
    {
        Assert.AreEqual(0.125, At(new HuberLoss(), 0.5, 0), 1e-12);
        Assert.AreEqual(2.5, At(new HuberLoss(), -3, 0), 1e-12); // 1 * (3 - 1/2)
        Assert.AreEqual(2 * (3 - 1), At(new HuberLoss { Delta = 2 }, 0, 3), 1e-12);
    }

    [TestMethod]
    public void Pseudo_huber_by_hand_and_without_cancellation() // sqrt(16 + 9) - 3
    {
        Assert.AreEqual(2, At(new PseudoHuberLoss { Delta = 3 }, 4, 0), 1e-12);
        using var scope = NewDisposeScope();
        var small = new PseudoHuberLoss { Delta = 3 }.Value(full(1, 1, 1e-4f), Targets.Values(zeros(1))).ToDouble();
        Assert.AreEqual(1, small / (1e-8 / 6), 1e-4); // in float32 the difference of the two would be 0
    }

    [TestMethod]
    public void Log_cosh_is_itself_near_0_and_straight_far_away()
    {
        Assert.AreEqual(Math.Log(Math.Cosh(0.7)), At(new LogCoshLoss(), 1, 0.3), 1e-12);
        Assert.AreEqual(1e4 - Math.Log(2), At(new LogCoshLoss(), 0, 1e4), 1e-9);
        Assert.AreEqual(1e4 - Math.Log(2), At(new LogCoshLoss(), 1e4, 0), 1e-9);
    }

    [TestMethod]
    public void Counts_cost_nothing_where_the_mean_is_met()
    {
        foreach (var loss in new Loss[] { new PoissonLoss(), new TweedieLoss(), new TweedieLoss { Power = 1.1 } })
        {
            Assert.AreEqual(0, At(loss, Math.Log(2.5), 2.5), 1e-12);
            Assert.IsTrue(At(loss, Math.Log(2), 2.5) > 0 && At(loss, Math.Log(3), 2.5) > 0);
            Assert.AreEqual(LabelScaling.MeanOne, loss.Scaling);
        }

        Assert.AreEqual(Math.Exp(-2), At(new PoissonLoss(), -2, 0), 1e-12); // of a count of 0 the mean itself is left
    }

    [TestMethod]
    public void Tweedie_near_1_is_poisson() => Assert.AreEqual(At(new PoissonLoss(), 0.3, 2), At(new TweedieLoss { Power = 1 + 1e-6 }, 0.3, 2), 1e-5);

    [TestMethod]
    public void Counts_below_0_are_refused()
    {
        using var state = new PartState();
        foreach (var (loss, id) in new (Loss, string)[] { (new PoissonLoss(), "poisson"), (new TweedieLoss(), "tweedie") })
            Assert.AreEqual($"Labels must be at least 0 for the loss '{id}', but 2 of 4 are below.",
                Assert.ThrowsExactly<ArgumentException>(() => loss.Begin(state, Targets.Values(tensor([1f, -1, 0, -0.1f])), null, null, 1)).Message);
        Assert.AreEqual("Power must lie in (1, 2), but is 2.", Assert.ThrowsExactly<ArgumentException>(new TweedieLoss { Power = 2 }.Validate).Message);
    }

    [TestMethod]
    public void Pinball_by_hand() // outputs (1, 0): quantiles 1 and 1 + ln 2; label 2: 0.25 * 1 and 0.75 * (1 - ln 2), or label 0: 0.75 * 1 and 0.25 * (1 + ln 2)
    {
        using var scope = NewDisposeScope();
        var loss = new PinballLoss { Levels = [0.25, 0.75] };
        double Of(double label) => loss.Value(tensor(new[,] { { 1.0, 0 } }), Targets.Values(tensor([label]))).ToDouble();
        Assert.AreEqual((0.25 + 0.75 * (1 - Math.Log(2))) / 2, Of(2), 1e-12);
        Assert.AreEqual((0.75 + 0.25 * (1 + Math.Log(2))) / 2, Of(0), 1e-12);
    }

    [TestMethod]
    public void The_quantiles_are_those_that_the_network_serves()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var loss = new PinballLoss { Levels = [0.1, 0.5, 0.8] };
        float[] served = [0.3f, -1, 2];
        loss.Link(state).ToValues(served);
        var labels = Targets.Values(tensor([0.7f]));
        var expected = served.Zip(loss.Levels, (q, t) => Math.Max(t * (0.7 - q), (t - 1) * (0.7 - q))).Average();
        Assert.AreEqual(expected, loss.Value(tensor(new float[,] { { 0.3f, -1, 2 } }), labels).ToDouble(), 1e-6);
    }

    [TestMethod]
    public void Levels_must_rise_within_0_and_1()
    {
        void Refused(string expected, params double[] levels) =>
            Assert.AreEqual(expected, Assert.ThrowsExactly<ArgumentException>(new PinballLoss { Levels = ValueList.Of<double>(levels) }.Validate).Message);
        Refused("Levels must rise within (0, 1), but is [0.5, 0.5].", 0.5, 0.5);
        Refused("Levels must rise within (0, 1), but is [0.9, 0.1].", 0.9, 0.1);
        Refused("Levels must rise within (0, 1), but is [0].", 0);
        Refused("Levels must rise within (0, 1), but is [NaN].", double.NaN);
        Refused("Levels must hold at least one level, but is empty.");
        new PinballLoss { Levels = [0.5] }.Validate();
    }

    [TestMethod]
    public void One_level_of_one_half_is_half_the_absolute_error() => Assert.AreEqual(0.5 * 3, At(new PinballLoss { Levels = [0.5] }, 1, 4), 1e-12);

    [TestMethod]
    public void Gaussian_surprise_by_hand() // mean 1, deviation e^0.5, label 3: 0.5 + 4 / (2 e)
        => Assert.AreEqual(0.5 + 2 / Math.E, new GaussianLoss().Value(tensor(new[,] { { 1, 0.5 } }), Targets.Values(tensor([3.0]))).ToDouble(), 1e-12);

    [TestMethod]
    public void Beta_multiplies_the_gradient_by_the_variance_to_its_power()
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(double beta)
        {
            var outputs = tensor(new[,] { { 1, 0.5 } }).requires_grad_();
            new GaussianLoss { Beta = beta }.Value(outputs, Targets.Values(tensor([3.0]))).backward();
            return outputs.grad!;
        }

        Assert.AreEqual(0, (Gradient(0.5) - Math.Exp(0.5) * Gradient(0)).abs().max().ToDouble(), 1e-12);
        Assert.AreEqual(-2, Gradient(1)[0, 0].ToDouble(), 1e-12); // of the mean: that of half the square
    }

    [TestMethod]
    public void A_deviation_far_out_is_held()
    {
        using var scope = NewDisposeScope();
        var labels = Targets.Values(tensor([0.0]));
        Assert.AreEqual(-15, new GaussianLoss().Value(tensor(new[,] { { 0.0, -99 } }), labels).ToDouble(), 1e-12);
        Assert.AreEqual(15, new GaussianLoss().Value(tensor(new[,] { { 0.0, 99 } }), labels).ToDouble(), 1e-6);
    }
}
