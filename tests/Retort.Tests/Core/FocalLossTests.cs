namespace Retort.Tests;

/// <summary>Focal loss and its form for calibration.</summary>
[TestClass]
public sealed class FocalLossTests
{
    private static Tensor Three => tensor(new[,] { { Math.Log(3), 0 } }); // p = (3/4, 1/4)

    [TestMethod]
    public void Even_odds_cost_a_quarter_of_ln_2() // (1 - 1/2)^2 * -ln(1/2)
        => Assert.AreEqual(0.25 * Math.Log(2), new FocalLoss().Value(zeros(1, 2, dtype: float64), Targets.Classes(0)).ToDouble(), 1e-12);

    [TestMethod]
    public void Gamma_zero_is_cross_entropy()
    {
        using var scope = NewDisposeScope();
        var (logits, targets) = (Some.Normal(1, float64, 5, 3), Targets.Classes(0, 1, 2, 1, 0));
        Assert.AreEqual(new CrossEntropyLoss().Value(logits, targets).ToDouble(), new FocalLoss { Gamma = 0 }.Value(logits, targets).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Soft_targets_take_the_mean_over_classes() // 0.2 * (1/4)^2 * -ln(3/4) + 0.8 * (3/4)^2 * -ln(1/4)
        => Assert.AreEqual(-0.2 * 0.0625 * Math.Log(0.75) - 0.8 * 0.5625 * Math.Log(0.25), new FocalLoss().Value(Three, Targets.Probabilities(tensor(new[,] { { 0.2, 0.8 } }))).ToDouble(), 1e-12);

    [TestMethod]
    public void A_sure_row_has_a_finite_gradient_below_gamma_1() // a root has no slope at 1 - p = 0
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[,] { { 1e4f, -1e4f } }).requires_grad_();
        new FocalLoss { Gamma = 0.5 }.Value(logits, Targets.Classes(0)).backward();
        Assert.IsTrue(logits.grad!.isfinite().all().ToBoolean());
    }

    [TestMethod]
    public void A_likely_class_has_the_small_exponent_and_an_unlikely_one_the_large()
    {
        Assert.AreEqual(-Math.Pow(0.25, 3) * Math.Log(0.75), new SampleFocalLoss().Value(Three, Targets.Classes(0)).ToDouble(), 1e-12);
        var ninth = tensor(new[,] { { Math.Log(9), 0 } }); // p = (0.9, 0.1)
        Assert.AreEqual(-Math.Pow(0.9, 5) * Math.Log(0.1), new SampleFocalLoss().Value(ninth, Targets.Classes(1)).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Equal_exponents_are_focal_loss()
    {
        using var scope = NewDisposeScope();
        var (logits, targets) = (Some.Normal(1, float64, 5, 3), Targets.Classes(0, 1, 2, 1, 0));
        Assert.AreEqual(new FocalLoss { Gamma = 2 }.Value(logits, targets).ToDouble(), new SampleFocalLoss { HardGamma = 2, EasyGamma = 2 }.Value(logits, targets).ToDouble(), 1e-12);
    }
}
