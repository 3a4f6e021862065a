namespace Retort.Tests;

/// <summary>Losses that look at logits in another way: z-loss, stablemax, output-z-loss.</summary>
[TestClass]
public sealed class LogitShapeLossTests
{
    private static Targets Labels => Targets.Classes(0, 1, 2, 1, 0);

    private static Tensor Logits => Some.Normal(1, float64, 5, 3);

    [TestMethod]
    public void The_z_loss_by_hand() // logits (1, 2, 3): z = (-1, 0, 1) * sqrt(3/2)
    {
        using var scope = NewDisposeScope();
        var loss = new SphericalZLoss { Sharpness = 2, Location = 1.5 }.Value(tensor(new[,] { { 1.0, 2, 3 } }), Targets.Classes(2));
        Assert.AreEqual(Math.Log(1 + Math.Exp(2 * (1.5 - Math.Sqrt(1.5)))) / 2, loss.ToDouble(), 1e-5);
    }

    [TestMethod]
    public void The_z_loss_knows_neither_size_nor_level_of_logits()
    {
        using var scope = NewDisposeScope();
        var loss = new SphericalZLoss();
        var value = loss.Value(1e3 * Logits, Labels).ToDouble();
        Assert.AreEqual(value, loss.Value(1e6 * Logits, Labels).ToDouble(), 1e-7);
        Assert.AreEqual(value, loss.Value(1e3 * Logits + 50, Labels).ToDouble(), 1e-9);
    }

    [TestMethod]
    public void The_z_loss_of_equal_logits_has_a_gradient()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 3).requires_grad_();
        new SphericalZLoss().Value(logits, Targets.Classes(1)).backward();
        Assert.IsTrue(logits.grad![0, 1].ToDouble() < 0);
    }

    [TestMethod]
    public void The_z_loss_of_two_classes_is_refused()
    {
        Assert.AreEqual("logits must have shape [rows, classes] with at least 3 classes, but has [2, 2].",
            Assert.ThrowsExactly<ArgumentException>(() => new SphericalZLoss().Value(zeros(2, 2), Targets.Classes(0, 1))).Message);
        Assert.AreEqual("Loss must serve the task Binary, but is 'z-loss', which serves Multiclass.",
            Assert.ThrowsExactly<ArgumentException>(() => new Recipe { Loss = new OutputZLoss { Of = new SphericalZLoss() } }.Validate(LearningTask.Binary)).Message);
    }

    [TestMethod]
    public void Stablemax_by_hand() // s(3) = 4, s(-1) = 1/2, s(0) = 1
        => Assert.AreEqual(-Math.Log(4 / 5.5), new StableMaxLoss().Value(tensor(new[,] { { 3.0, -1, 0 } }), Targets.Classes(0)).ToDouble(), 1e-12);

    [TestMethod]
    public void Stablemax_at_0_has_the_slope_of_softmax()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 2).requires_grad_();
        new StableMaxLoss().Value(logits, Targets.Classes(0)).backward();
        CollectionAssert.AreEqual(new[] { -0.5f, 0.5f }, logits.grad!.data<float>().ToArray());
    }

    [TestMethod]
    public void The_surprise_of_stablemax_is_that_of_what_the_network_serves()
    {
        using var scope = NewDisposeScope();
        using var state = new PartState();
        var served = new StableMaxLoss().Link(state).ToLogits(Logits);
        Assert.AreEqual(new CrossEntropyLoss().Value(served, Labels).ToDouble(), new StableMaxLoss().Value(Logits, Labels).ToDouble(), 1e-12);
    }

    [TestMethod]
    public void The_penalty_is_added_to_any_loss_and_does_not_judge()
    {
        using var scope = NewDisposeScope();
        var square = Logits.logsumexp(1).square().mean().ToDouble();
        foreach (var of in new Loss[] { new CrossEntropyLoss(), new FocalLoss(), new DiceLoss() })
        {
            var loss = new OutputZLoss { Of = of, Weight = 0.3 };
            Assert.AreEqual(of.Value(Logits, Labels).ToDouble() + 0.3 * square, loss.Value(Logits, Labels).ToDouble(), 1e-12);
            Assert.AreEqual(of.Value(Logits, Labels).ToDouble(), loss.Judge(new(Logits), Labels, null, StepContext.First()).ToDouble(), 1e-12);
            Assert.AreEqual(of.Order, loss.Order);
        }
    }
}
