namespace Retort.Tests;

[TestClass]
public sealed class LossTests
{
    [TestMethod]
    public void Cross_entropy_of_even_odds_is_ln_2() =>
        Assert.AreEqual(Math.Log(2), new CrossEntropyLoss().Value(zeros(1, 2, dtype: float64), Targets.Classes(0)).ToDouble(), 1e-12);

    [TestMethod]
    public void Cross_entropy_of_soft_targets_is_the_expected_surprise() // logits (ln 3, 0): p = (3/4, 1/4); -(0.2 ln 0.75 + 0.8 ln 0.25)
    {
        var loss = new CrossEntropyLoss().Value(tensor(new[,] { { Math.Log(3), 0 } }), Targets.Probabilities(tensor(new[,] { { 0.2, 0.8 } })));
        Assert.AreEqual(-(0.2 * Math.Log(0.75) + 0.8 * Math.Log(0.25)), loss.ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Label_smoothing_spreads_the_target() // target (1, 0) with 0.1 becomes (0.95, 0.05)
    {
        var logits = tensor(new[,] { { Math.Log(3), 0 } });
        var smooth = new CrossEntropyLoss { LabelSmoothing = 0.1 };
        var expected = -(0.95 * Math.Log(0.75) + 0.05 * Math.Log(0.25));
        Assert.AreEqual(expected, smooth.Value(logits, Targets.Classes(0)).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Weights_make_a_weighted_mean() // (3 ln 2 + 1 * -ln(3/4)) / 4
    {
        var logits = tensor(new[,] { { 0, 0 }, { Math.Log(3), 0 } });
        var loss = new CrossEntropyLoss().Value(logits, Targets.Classes(0, 0), tensor([3.0, 1.0]));
        Assert.AreEqual((3 * Math.Log(2) - Math.Log(0.75)) / 4, loss.ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Squared_loss_is_the_mean_of_squares() // (3^2 + 1^2) / 2
        => Assert.AreEqual(5, new SquaredLoss().Value(tensor(new[,] { { 3.0 }, { 1.0 } }), Targets.Values(tensor([0.0, 2.0]))).ToDouble(), 1e-12);

    [TestMethod]
    public void Logits_and_targets_of_unlike_rows_are_refused() => Assert.AreEqual(
        "logits must have shape [3, outputs] as there are 3 targets, but has [2, 2].",
        Assert.ThrowsExactly<ArgumentException>(() => Targets.Classes(0, 1, 0).Distribution(zeros(2, 2))).Message);

    [TestMethod]
    public void Flat_logits_are_refused() => Assert.AreEqual(
        "logits must have shape [rows, classes], but has [4].",
        Assert.ThrowsExactly<ArgumentException>(() => new CrossEntropyLoss().Value(zeros(4), Targets.Classes(0))).Message);

    [TestMethod]
    public void Weights_of_another_length_are_refused() => Assert.AreEqual(
        "weights must have shape [2], one a row, but has [3].",
        Assert.ThrowsExactly<ArgumentException>(() => new CrossEntropyLoss().Value(zeros(2, 2), Targets.Classes(0, 1), ones(3))).Message);

    [TestMethod]
    public void Real_targets_have_no_classes() => Assert.AreEqual(
        "Targets must be classes, but are real values.",
        Assert.ThrowsExactly<InvalidOperationException>(() => new CrossEntropyLoss().Value(zeros(1, 2), Targets.Values(zeros(1)))).Message);

    [TestMethod]
    public void Classes_are_no_real_targets() => Assert.AreEqual(
        "Targets must be real values, but are classes.",
        Assert.ThrowsExactly<InvalidOperationException>(() => new SquaredLoss().Value(zeros(1, 1), Targets.Classes(0))).Message);

    [TestMethod]
    public void Smoothing_of_1_leaves_no_target() => Assert.AreEqual(
        "LabelSmoothing must lie in [0, 1), but is 1.",
        Assert.ThrowsExactly<ArgumentException>(new CrossEntropyLoss { LabelSmoothing = 1 }.Validate).Message);
}
