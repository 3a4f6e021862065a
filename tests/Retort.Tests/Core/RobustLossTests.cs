namespace Retort.Tests;

/// <summary>Losses against wrong labels: comp-sum, ldr, aldr.</summary>
[TestClass]
public sealed class RobustLossTests
{
    private static Targets Labels => Targets.Classes(0, 1, 2, 1, 0);

    private static Tensor Logits => Some.Normal(1, float64, 5, 3);

    private static Tensor Own => Logits.softmax(1).gather(1, Labels.ClassNumbers().unsqueeze(1)).squeeze(1);

    private static double CompSum(double tau) => new CompSumLoss { Tau = tau }.Value(Logits, Labels).ToDouble();

    [TestMethod]
    public void Tau_1_is_cross_entropy() => Assert.AreEqual(new CrossEntropyLoss().Value(Logits, Labels).ToDouble(), CompSum(1), 1e-12);

    [TestMethod]
    public void Tau_near_1_is_nearly_cross_entropy()
    {
        Assert.AreEqual(CompSum(1), CompSum(1 + 1e-5), 1e-4);
        Assert.AreEqual(CompSum(1), CompSum(1 - 1e-5), 1e-4);
        Assert.AreEqual(CompSum(1), CompSum(1 + 1e-7), 1e-12);
    }

    [TestMethod]
    public void Tau_2_is_the_mean_absolute_error() => Assert.AreEqual((1 - Own).mean().ToDouble(), CompSum(2), 1e-12);

    [TestMethod]
    public void Tau_0_is_the_sum_of_exponentials() // over the other classes, of the differences to the true one
        => Assert.AreEqual((1 / Own - 1).mean().ToDouble(), CompSum(0), 1e-9);

    [TestMethod]
    public void Between_1_and_2_it_is_generalised_cross_entropy() => Assert.AreEqual(((1 - Own.pow(0.7)) / 0.7).mean().ToDouble(), CompSum(1.7), 1e-12);

    [TestMethod]
    public void Rows_that_are_hopelessly_wrong_keep_a_gradient_at_tau_0()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[,] { { 0, 1e4f } }).requires_grad_();
        var value = new CompSumLoss { Tau = 0 }.Value(logits, Targets.Classes(0));
        value.backward();
        Assert.IsTrue(value.isfinite().ToBoolean());
        Assert.AreEqual(Math.Exp(20), logits.grad![0, 1].ToDouble(), 1e3);
    }

    [TestMethod]
    public void Lambda_1_without_margin_is_cross_entropy_less_ln_K() => Assert.AreEqual(
        new CrossEntropyLoss().Value(Logits, Labels).ToDouble() - Math.Log(3), new LabelRobustLoss { Lambda = 1, Margin = 0, Normalised = false }.Value(Logits, Labels).ToDouble(), 1e-12);

    [TestMethod]
    public void A_small_lambda_is_the_hinge_and_a_large_one_the_mean_margin() // margins of row 0: f_k - f_0 + 0.5 [k ≠ 0]
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[,] { { 1.0, 2, -1 } });
        Assert.AreEqual(1.5, new LabelRobustLoss { Lambda = 0.001, Margin = 0.5, Normalised = false }.Value(logits, Targets.Classes(0)).ToDouble(), 0.002);
        Assert.AreEqual((0 + 1.5 - 1.5) / 3, new LabelRobustLoss { Lambda = 1e5, Margin = 0.5, Normalised = false }.Value(logits, Targets.Classes(0)).ToDouble(), 1e-4);
    }

    [TestMethod]
    public void Only_lambda_1_of_logits_as_they_are_gives_probabilities()
    {
        Assert.IsTrue(new LabelRobustLoss { Lambda = 1, Normalised = false }.GivesProbabilities);
        foreach (var loss in new Loss[] { new LabelRobustLoss(), new LabelRobustLoss { Lambda = 1, Normalised = true }, new AdaptiveLabelRobustLoss() })
            Assert.IsFalse(loss.GivesProbabilities);
    }

    [TestMethod]
    public void Normalised_logits_have_no_size() // (1, 2, -3): mean size 2
    {
        using var scope = NewDisposeScope();
        var labels = Targets.Classes(1);
        foreach (var loss in new Loss[] { new LabelRobustLoss { Normalised = true }, new AdaptiveLabelRobustLoss { Normalised = true } })
            Assert.AreEqual(loss.Value(tensor(new[,] { { 1.0, 2, -3 } }), labels).ToDouble(), loss.Value(tensor(new[,] { { 10.0, 20, -30 } }), labels).ToDouble(), 1e-12);
        Assert.AreEqual(
            new LabelRobustLoss { Normalised = false }.Value(tensor(new[,] { { 0.5, 1, -1.5 } }), labels).ToDouble(),
            new LabelRobustLoss { Normalised = true }.Value(tensor(new[,] { { 1.0, 2, -3 } }), labels).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Each_rows_lambda_falls_with_its_certainty_and_is_kept_by_name()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var loss = new AdaptiveLabelRobustLoss { Lambda = 4, Alpha = 2, Normalised = false };
        loss.Begin(state, Targets.Classes(0, 1, 2), null, null, 1);
        var step = StepContext.First() with { State = state, Rows = tensor(new long[] { 2, 0 }) };
        loss.Value(tensor(new float[,] { { 400, 0, 0 }, { 5, 5, 5 } }), Targets.Classes(2, 0), null, step);
        var table = state["lambda"]!.data<float>().ToArray();
        Assert.AreEqual(4, table[0], 1e-5); // uniform: divergence 0
        Assert.AreEqual(4, table[1], 1e-5); // not seen
        Assert.AreEqual(2, table[2], 1e-5); // certain: divergence ln K, 4 (1 - 1/2)
    }

    [TestMethod]
    public void A_row_that_is_seen_again_goes_on_from_its_own_lambda()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var loss = new AdaptiveLabelRobustLoss { Normalised = false };
        loss.Begin(state, Targets.Classes(0), null, null, 1);
        var step = StepContext.First() with { State = state, Rows = tensor(new long[] { 0 }) };
        var logits = tensor(new float[,] { { 20, 0, 0 } });
        var lambda = 10.0;
        for (var visit = 0; visit < 3; visit++)
        {
            loss.Value(logits, Targets.Classes(0), null, step);
            var p = (tensor(new[,] { { 20.0, 0, 0 } }) / lambda).softmax(1);
            lambda = 10 * (1 - (((p * p.log()).sum().ToDouble()) + Math.Log(3)) / (2 * Math.Log(3)));
            Assert.AreEqual(lambda, state["lambda"]![0].ToDouble(), 1e-4);
        }

        Assert.IsTrue(lambda < 9.5);
    }

    [TestMethod]
    public void With_its_lambda_held_a_row_has_the_value_and_the_gradient_of_ldr()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Logits.requires_grad_(), Logits.requires_grad_());
        var loss = new AdaptiveLabelRobustLoss { Lambda = 3, Normalised = false };
        loss.PerRow(a, Labels).sum().backward();
        var p = (Logits / 3).log_softmax(1);
        var lambda = 3 * (1 - ((p.exp() * p).sum(1) + Math.Log(3)) / (2 * Math.Log(3)));
        var expected = LabelRobustLoss.PerRow(b, Labels, lambda, 0.1) - 2 * Math.Log(3) / 6 * (lambda - 3).square();
        expected.sum().backward();
        Assert.AreEqual(expected.sum().ToDouble(), loss.PerRow(Logits, Labels).sum().ToDouble(), 1e-12);
        Assert.AreEqual(0, (a.grad! - b.grad!).abs().max().ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Members_of_an_ensemble_have_lambdas_of_their_own()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        new AdaptiveLabelRobustLoss().Begin(state, Targets.Classes(0, 1), null, null, 3);
        CollectionAssert.AreEqual(new long[] { 6 }, state["lambda"]!.shape);
    }

    [TestMethod]
    public void Alpha_of_1_would_let_lambda_reach_0() => Assert.AreEqual(
        "Alpha must be more than 1, but is 1.", Assert.ThrowsExactly<ArgumentException>(new AdaptiveLabelRobustLoss { Alpha = 1 }.Validate).Message);
}
