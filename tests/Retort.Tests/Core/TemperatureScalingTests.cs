namespace Retort.Tests;

[TestClass]
public sealed class TemperatureScalingTests
{
    private static double Found(Scores scores) => TemperatureScaling.Search(Checked(scores));

    private static CalibrationRows Checked(Scores scores)
    {
        var rows = scores.Rows(0);
        rows.Check();
        return rows;
    }

    private static double Loss(CalibrationRows rows, double temperature)
    {
        var sum = 0.0;
        for (var row = 0; row < rows.Count; row++)
        {
            var (own, odds) = (rows.Row(row)[rows.Labels[row]], 0.0);
            foreach (var logit in rows.Row(row))
                odds += Math.Exp((logit - own) / temperature);
            sum += rows.Weight(row) * Math.Log(odds);
        }

        return sum / rows.TotalWeight;
    }

    [TestMethod]
    public void No_temperature_of_a_fine_grid_is_better()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var random = new Generator(seed);
            var (count, classes) = (1 + (int)random.Below(60), 2 + (int)random.Below(8));
            var scores = Scores.Overconfident(count, classes, seed, factor: Math.Exp(2 * random.Normal()));
            if (seed % 3 == 0)
                scores = scores with { Weights = [.. Enumerable.Range(0, count).Select(_ => random.Uniform() + 1e-3)] };
            var rows = Checked(scores);
            var found = Loss(rows, TemperatureScaling.Search(rows));
            var (low, high) = (Math.Log(TemperatureScaling.Least), Math.Log(TemperatureScaling.Most));
            for (var i = 0; i <= 2000; i++)
                Assert.IsTrue(found <= Loss(rows, Math.Exp(low + (high - low) * i / 2000)) + 1e-9, $"seed {seed}");
        }
    }

    [TestMethod]
    public void Two_rows_by_hand()
    {
        // logits (1, 0), once right and once wrong in four rows, three being right: sigmoid(1 / T) = 3/4, T = 1 / ln 3
        var scores = new Scores([1, 0, 1, 0, 1, 0, 1, 0], 2, [0, 0, 0, 1]);
        Assert.AreEqual(1 / Math.Log(3), Found(scores), 1e-12);
        Assert.AreEqual(1 / Math.Log(3), Found(new([1, 0, 1, 0], 2, [0, 1], [3, 1])), 1e-12);
    }

    [TestMethod]
    public void Where_sharper_is_always_better_the_temperature_is_the_least() =>
        Assert.AreEqual(TemperatureScaling.Least, Found(Scores.OfName("separable")));

    [TestMethod]
    public void Where_flatter_is_always_better_it_is_the_most() =>
        Assert.AreEqual(TemperatureScaling.Most, Found(new([1, 0, 0, 2], 2, [1, 0])));

    [TestMethod]
    public void Where_none_matters_it_is_one()
    {
        Assert.AreEqual(1.0, Found(Scores.OfName("equal")));
        Assert.AreEqual(1.0, Found(new(new double[40_000], 2, new int[20_000])));
    }

    [TestMethod]
    public void A_million_rows_find_what_they_were_made_with() =>
        Assert.AreEqual(3, Found(Scores.Overconfident(1_000_000, 2, seed: 1)), 0.03);

    [TestMethod]
    public void Many_rows_in_any_order_give_one_temperature()
    {
        var scores = Scores.Overconfident(40_000, 3, seed: 2);
        var other = scores.Take([.. Enumerable.Range(0, 40_000).OrderBy(row => scores.Labels[row])]);
        Assert.AreEqual(Found(scores), Found(other), 1e-10);
    }

    [TestMethod]
    public void Smoothing_adds_a_row_without_a_class()
    {
        // T = 1 / ln 3 gives 3/4 and 1/4; of four rows and one more, (4 * 3/4 + 1/2) / 5 = 0.7
        double[] row = [1, 0];
        new SmoothedTemperatureScaling().Fit(new CalibrationRows([1, 0, 1, 0, 1, 0, 1, 0], 2, [0, 0, 0, 1], null)).Apply(row);
        Assert.AreEqual(0.7, row[0], 1e-12);
    }

    [TestMethod]
    public void Tensors_give_what_spans_give_and_refuse_what_does_not_fit()
    {
        using var scope = NewDisposeScope();
        var scores = Scores.Overconfident(50, 3, seed: 3);
        var logits = tensor(scores.Logits, dtype: float64).view(50, 3);
        var labels = tensor(scores.Labels.Select(label => (long)label).ToArray(), dtype: int64);
        var calibrator = new TemperatureScaling().Fit(logits, labels);
        var expected = (logits / Found(scores)).softmax(1);
        Assert.IsTrue(calibrator.Apply(logits).allclose(expected, 1e-12));
        Assert.IsTrue(calibrator.Apply(logits.to(float32)).to(float64).allclose(expected, 1e-5));
        Assert.AreEqual(float32, calibrator.Apply(logits.to(float32)).dtype);
        Assert.AreEqual("logits must have shape [rows, 3], but has [50, 2].", Assert.ThrowsExactly<ArgumentException>(() => calibrator.Apply(logits.narrow(1, 0, 2))).Message);
        Assert.AreEqual("The label of row 0 must lie in [0, 2], but is 7.", Assert.ThrowsExactly<ArgumentException>(() => new TemperatureScaling().Fit(logits, zeros_like(labels) + 7)).Message);
        Assert.AreEqual("The sum of all weights must be more than 0, but is 0.", Assert.ThrowsExactly<ArgumentException>(() => new TemperatureScaling().Fit(logits, labels, zeros(50))).Message);
        Assert.AreEqual("The number of rows to calibrate on must be at least 1, but is 0.", Assert.ThrowsExactly<ArgumentException>(() => new TemperatureScaling().Fit(logits.narrow(0, 0, 0), labels.narrow(0, 0, 0))).Message);
    }
}
