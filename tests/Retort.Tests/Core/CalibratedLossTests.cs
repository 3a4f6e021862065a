namespace Retort.Tests;

/// <summary>Losses whose subject is that probabilities hold: brier and mmce.</summary>
[TestClass]
public sealed class CalibratedLossTests
{
    private static Tensor Three => tensor(new[,] { { Math.Log(3), 0 } }); // p = (3/4, 1/4)

    [TestMethod]
    public void Brier_adds_the_squares_over_classes() // (3/4 - 0)^2 + (1/4 - 1)^2
        => Assert.AreEqual(2 * 0.5625, new BrierLoss().Value(Three, Targets.Classes(1)).ToDouble(), 1e-12);

    [TestMethod]
    public void Brier_is_least_at_the_true_probabilities()
    {
        using var scope = NewDisposeScope();
        var logits = Three.clone().requires_grad_();
        new BrierLoss().Value(logits, Targets.Probabilities(tensor(new[,] { { 0.75, 0.25 } }))).backward();
        Assert.AreEqual(0, logits.grad!.abs().max().ToDouble(), 1e-12);
    }

    [TestMethod]
    public void The_kernel_penalty_of_one_row_is_its_own_gap() // r = 3/4: right 1/4, wrong 3/4; beside the surprise
    {
        var loss = new KernelCalibrationLoss { Weight = 2 };
        Assert.AreEqual(-Math.Log(0.75) + 2 * 0.25, loss.Value(Three, Targets.Classes(0)).ToDouble(), 1e-5); // 1e-6 under the root
        Assert.AreEqual(-Math.Log(0.25) + 2 * 0.75, loss.Value(Three, Targets.Classes(1)).ToDouble(), 1e-5);
    }

    [TestMethod]
    public void Rows_of_one_confidence_that_are_right_as_often_as_they_say_cost_only_their_surprise() // 3 of 4 right at 3/4
    {
        using var scope = NewDisposeScope();
        var (logits, targets) = (Three.repeat(4, 1), Targets.Classes(0, 0, 0, 1));
        Assert.AreEqual(new CrossEntropyLoss().Value(logits, targets).ToDouble(), new KernelCalibrationLoss().Value(logits, targets).ToDouble(), 1e-6);
    }

    [TestMethod]
    public void The_penalty_of_two_rows_by_hand()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[,] { { Math.Log(3), 0 }, { Math.Log(9), 0 } }); // r = 0.75 right, 0.9 wrong: gaps 0.25 and -0.9
        var square = (0.25 * 0.25 + 0.9 * 0.9 - 2 * 0.25 * 0.9 * Math.Exp(-0.15 / 0.4)) / 4;
        var surprise = (-Math.Log(0.75) - Math.Log(0.1)) / 2;
        Assert.AreEqual(surprise + Math.Sqrt(square), new KernelCalibrationLoss().Value(logits, Targets.Classes(0, 1)).ToDouble(), 1e-5);
    }

    [TestMethod]
    [DataRow(0.4)]
    [DataRow(0.01)]
    public void Held_out_rows_are_judged_by_sums_from_the_left_as_by_all_pairs(double bandwidth)
    {
        using var scope = NewDisposeScope();
        var logits = cat([Some.Normal(1, float64, 300, 3), Some.Normal(1, float64, 100, 3)], 0); // some twice
        var (targets, weights) = (Targets.Classes(Enumerable.Range(0, 400).Select(row => row % 3L).ToArray()), Some.Normal(2, float64, 400).abs());
        var loss = new KernelCalibrationLoss { Bandwidth = bandwidth };
        Assert.AreEqual(loss.Value(logits, targets, weights).ToDouble(), loss.Judge(new(logits), targets, weights, StepContext.First()).ToDouble(), 1e-9);
    }
}
