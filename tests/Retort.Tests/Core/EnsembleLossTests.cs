namespace Retort.Tests;

/// <summary>A loss that is its gradient: drawn anew in each batch, and that of a convex loss all the same.</summary>
[TestClass]
public sealed class EnsembleLossTests
{
    private const int Rows = 40;

    private static Targets Labels => Targets.Classes(Enumerable.Range(0, Rows).Select(row => row % 2L).ToArray());

    /// <summary>Each row's margin and the slope at it, in order of margins.</summary>
    private static (double Margin, double Slope)[] Slopes(EnsembleLoss loss, StepContext step)
    {
        using var scope = NewDisposeScope();
        var logits = (3 * Some.Normal(1, float64, Rows, 2)).requires_grad_();
        loss.Value(logits, Labels, null, step).backward();
        return [.. Enumerable.Range(0, Rows).Select(row =>
        {
            var sign = row % 2 == 1 ? 1 : -1;
            return (sign * (logits[row, 1] - logits[row, 0]).ToDouble(), sign * Rows * logits.grad![row, 1].ToDouble());
        }).OrderBy(pair => pair.Item1)];
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(11)]
    [DataRow(25)]
    [DataRow(99)]
    public void Slopes_are_negative_rise_with_the_margin_and_are_at_least_minus_1(int epoch)
    {
        var slopes = Slopes(new(), new(epoch, 0, new Generator(3)));
        Assert.IsTrue(slopes.All(pair => pair.Slope < 0 && pair.Slope >= -1 - 1e-5));
        for (var i = 1; i < Rows; i++)
            Assert.IsTrue(slopes[i].Slope >= slopes[i - 1].Slope - 1e-12);
        Assert.IsTrue(slopes[0].Slope < slopes[^1].Slope);
    }

    [TestMethod]
    public void Margins_above_1_divide_their_slope() // the tail condition: slope * margin stays within that of the draws
        => Assert.IsTrue(Slopes(new(), StepContext.First()).Where(pair => pair.Margin > 1).All(pair => pair.Slope * pair.Margin >= -1 - 1e-5 * pair.Margin));

    [TestMethod]
    public void Batches_draw_anew_and_the_same_stream_gives_the_same_bits()
    {
        var step = new StepContext(1, 0, new Generator(3));
        var first = Slopes(new(), step);
        CollectionAssert.AreNotEqual(first, Slopes(new(), step));
        CollectionAssert.AreEqual(first, Slopes(new(), new(1, 0, new Generator(3))));
    }

    [TestMethod]
    public void A_lambda_lasts_its_period_and_depends_on_the_epoch_alone()
    {
        (double, double)[] At(int epoch, int period = 10) => Slopes(new() { Period = period }, new(epoch, 0, new Generator(3)));
        CollectionAssert.AreEqual(At(1), At(10));
        CollectionAssert.AreNotEqual(At(10), At(11));
        CollectionAssert.AreEqual(At(11), At(20));
        CollectionAssert.AreEqual(At(1), At(99, period: 0));
    }

    [TestMethod]
    public void The_first_draws_are_exponentials_of_normal_ones() // lambda 0: -min(1, e^n), sorted, at equal margins
    {
        using var scope = NewDisposeScope();
        var logits = zeros(Rows, 2, dtype: float64).requires_grad_();
        new EnsembleLoss().Value(logits, Labels, null, new(1, 0, new Generator(3))).backward();
        var random = new Generator(3);
        double[] expected = [.. Enumerable.Range(0, Rows).Select(_ => -Math.Min(1, Math.Exp(random.Normal())) - 1e-6).Order()];
        double[] actual = [.. Enumerable.Range(0, Rows).Select(row => (row % 2 == 1 ? 1 : -1) * Rows * logits.grad![row, 1].ToDouble()).Order()];
        for (var i = 0; i < Rows; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-12);
    }
}
