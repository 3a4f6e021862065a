namespace Retort.Tests;

[TestClass]
public sealed class CalibrationMetricsTests
{
    /// <summary>Probabilities by which the labels were drawn.</summary>
    private static (double[] Probabilities, int[] Labels) Honest(int rows, int classes, ulong seed)
    {
        var scores = Scores.Overconfident(rows, classes, seed, factor: 1);
        var probabilities = (double[])scores.Logits.Clone();
        for (var row = 0; row < rows; row++)
            Logits.Softmax(probabilities.AsSpan(row * classes, classes));
        return (probabilities, scores.Labels);
    }

    [TestMethod]
    public void Four_rows_by_hand()
    {
        // confidences 0.9, 0.9, 0.6, 0.6; right, wrong, right, right
        var metrics = CalibrationMetrics.Of([0.9, 0.1, 0.1, 0.9, 0.6, 0.4, 0.6, 0.4], 2, [0, 0, 0, 0], null, 0);
        Assert.AreEqual(0.75, metrics.Accuracy.Value, 1e-12);
        Assert.AreEqual(-(Math.Log(0.9) + Math.Log(0.1) + 2 * Math.Log(0.6)) / 4, metrics.LogLoss.Value, 1e-12);
        Assert.AreEqual((0.01 + 0.81 + 0.16 + 0.16) / 4, metrics.BrierScore.Value, 1e-12);
        Assert.AreEqual((2 * 0.4 + 2 * 0.4) / 4, metrics.ExpectedCalibrationError.Value, 1e-12); // |1.8 - 1| + |1.2 - 2|
        Assert.AreEqual(0.4, metrics.MaximumCalibrationError.Value, 1e-12);
        Assert.AreEqual((2 * 0.5 + 2 * 0.25) / 4, metrics.RiskCoverageArea.Value, 1e-12);
        Assert.AreEqual(0.0, metrics.Uncertainty.Value, 1e-12);
        var full = metrics.Bins.Where(bin => bin.Rows > 0).ToArray();
        CollectionAssert.AreEqual(new[] { 2, 2 }, full.Select(bin => bin.Rows).ToArray());
        Assert.AreEqual(0.6, full[0].Low, 1e-12);
        Assert.AreEqual(1.0, full[0].Accuracy);
        Assert.AreEqual(0.9, full[1].Confidence, 1e-12);
        Assert.IsTrue(double.IsNaN(metrics.Accuracy.Low));
    }

    [TestMethod]
    public void One_gap_everywhere_is_the_smooth_error() // whatever the kernel's width: |0.5 - 0.7|
    {
        double[] probabilities = [.. Enumerable.Range(0, 100).SelectMany(_ => new[] { 0.7, 0.3 })];
        Assert.AreEqual(0.2, CalibrationMetrics.Of(probabilities, 2, [.. Enumerable.Range(0, 100).Select(i => i % 2)], null, 0).SmoothCalibrationError.Value, 1e-3);
    }

    [TestMethod]
    public void Brier_is_reliability_less_resolution_plus_uncertainty()
    {
        foreach (var classes in new[] { 2, 4 })
        {
            var (probabilities, labels) = Honest(500, classes, 3);
            var metrics = CalibrationMetrics.Of(probabilities, classes, labels, [.. Enumerable.Range(0, 500).Select(i => i % 5 / 2.0)], 0);
            Assert.AreEqual(metrics.BrierScore.Value, metrics.Reliability.Value - metrics.Resolution.Value + metrics.Uncertainty.Value, 1e-12);
            Assert.IsTrue(metrics.Reliability.Value >= 0 && metrics.Resolution.Value >= 0);
        }
    }

    [TestMethod]
    public void The_debiased_error_of_honest_probabilities_is_about_0_however_few_the_rows()
    {
        foreach (var rows in new[] { 30, 100, 300, 1000 })
        {
            var (plain, debiased) = (0.0, 0.0);
            for (var seed = 1UL; seed <= 200; seed++)
            {
                var (probabilities, labels) = Honest(rows, 3, seed);
                var metrics = CalibrationMetrics.Of(probabilities, 3, labels, null, 0);
                plain += metrics.EqualMassCalibrationError.Value / 200;
                debiased += metrics.DebiasedCalibrationError.Value / 200;
            }

            Assert.IsTrue(Math.Abs(debiased) < 0.02, $"{rows} rows: {debiased}");
            Assert.IsTrue(Math.Abs(debiased) < plain / 8, $"{rows} rows: {debiased} of {plain}");
        }
    }

    [TestMethod]
    public void A_large_gap_is_left_as_it_is()
    {
        double[] probabilities = [.. Enumerable.Range(0, 1000).SelectMany(_ => new[] { 0.9, 0.1 })];
        var metrics = CalibrationMetrics.Of(probabilities, 2, [.. Enumerable.Range(0, 1000).Select(i => i % 2)], null, 0);
        Assert.AreEqual(0.4, metrics.DebiasedCalibrationError.Value, 1e-9);
    }

    [TestMethod]
    public void A_weight_of_two_is_the_row_twice()
    {
        var (probabilities, labels) = Honest(120, 3, 4);
        int[] rows = [.. Enumerable.Range(0, 120), .. Enumerable.Range(0, 120).Where(i => i % 3 == 0)];
        var twice = CalibrationMetrics.Of([.. rows.SelectMany(i => probabilities[(3 * i)..(3 * i + 3)])], 3, [.. rows.Select(i => labels[i])], null, 0);
        var weighted = CalibrationMetrics.Of(probabilities, 3, labels, [.. Enumerable.Range(0, 120).Select(i => i % 3 == 0 ? 2.0 : 1)], 0);
        foreach (var property in typeof(CalibrationMetrics).GetProperties().Where(p => p.PropertyType == typeof(Estimate) && p.Name != nameof(CalibrationMetrics.DebiasedCalibrationError))) // two equal rows are less noise than one that counts twice
            Assert.AreEqual(((Estimate)property.GetValue(twice)!).Value, ((Estimate)property.GetValue(weighted)!).Value, 1e-9, property.Name);
    }

    [TestMethod]
    public void Intervals_hold_the_value_of_many_rows()
    {
        var (all, allLabels) = Honest(200_000, 3, 5);
        var truth = CalibrationMetrics.Of(all, 3, allLabels, null, 0);
        var held = 0;
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var (probabilities, labels) = Honest(400, 3, 100 + seed);
            var metrics = CalibrationMetrics.Of(probabilities, 3, labels, null, 200, seed);
            held += metrics.Accuracy.Low <= truth.Accuracy.Value && truth.Accuracy.Value <= metrics.Accuracy.High ? 1 : 0;
            held += metrics.LogLoss.Low <= truth.LogLoss.Value && truth.LogLoss.Value <= metrics.LogLoss.High ? 1 : 0;
            Assert.IsTrue(metrics.ExpectedCalibrationError.Low <= metrics.ExpectedCalibrationError.Value && metrics.ExpectedCalibrationError.Value <= metrics.ExpectedCalibrationError.High);
            Assert.AreEqual(metrics.LogLoss, CalibrationMetrics.Of(probabilities, 3, labels, null, 200, seed).LogLoss);
        }

        Assert.IsTrue(held >= 70, $"{held} of 80"); // 95 % of 80 is 76
    }

    [TestMethod]
    public void What_does_not_fit_is_refused()
    {
        static string Message(Action action) => Assert.ThrowsExactly<ArgumentException>(action).Message;
        Assert.AreEqual("The number of probabilities must be 4, 2 a row, but is 3.", Message(() => CalibrationMetrics.Of([1, 0, 1], 2, [0, 0])));
        Assert.AreEqual("A probability of row 0 must lie in [0, 1.000001], but is NaN.", Message(() => CalibrationMetrics.Of([double.NaN, 0], 2, [0])));
        Assert.AreEqual("The sum of the probabilities of row 0 must lie in [0.999, 1.001], but is 0.5.", Message(() => CalibrationMetrics.Of([0.5, 0], 2, [0])));
        Assert.AreEqual("The number of rows to measure must be at least 1, but is 0.", Message(() => CalibrationMetrics.Of([], 2, [])));
        Assert.AreEqual("The weight of row 0 must be at least 0, but is -1.", Message(() => CalibrationMetrics.Of([1, 0], 2, [0], [-1])));
        Assert.AreEqual("The weight of the positive rows must be more than 0, but is 0.", Message(() => ThresholdMetrics.Choose([1, 0], [0, 0])));
        Assert.AreEqual("Level 1 must lie in (0.5, 1), but is 0.4.", Message(() => QuantileMetrics.Of([1, 2], [0.5, 0.4], [1])));
    }

    [TestMethod]
    public void The_best_threshold_is_the_best_of_all()
    {
        var random = new Generator(7);
        for (var problem = 0; problem < 50; problem++)
        {
            var count = 2 + (int)random.Below(30);
            double[] scores = [.. Enumerable.Range(0, count).Select(_ => Math.Round(random.Uniform(), 1))], weights = [.. Enumerable.Range(0, count).Select(_ => (double)random.Below(3))];
            int[] labels = [.. Enumerable.Range(0, count).Select(_ => (int)random.Below(2))];
            (labels[0], weights[0]) = (1, 1);
            var beta = 0.5 + random.Uniform();
            double F(double threshold) => ThresholdMetrics.Of(scores, labels, weights, threshold, beta, 0).FScore.Value;
            var best = new[] { -1.0 }.Concat(scores).Max(F);
            Assert.AreEqual(best, F(ThresholdMetrics.Choose(scores, labels, weights, beta)), 1e-12);
        }
    }

    [TestMethod]
    public void Intervals_of_quantiles_by_hand()
    {
        // [0, 2] beside 1, 3 and -1; the last row's levels cross
        var metrics = QuantileMetrics.Of([0, 1, 2, 0, 1, 2, 0, 2, 1], [0.1, 0.5, 0.9], [1, 3, -1], null, 0);
        Assert.AreEqual(1.0 / 3, metrics.CrossingRate.Value, 1e-12);
        var interval = metrics.Intervals.Single();
        Assert.AreEqual(0.8, interval.Nominal, 1e-12);
        Assert.AreEqual(1.0 / 3, interval.Coverage.Value, 1e-12);
        Assert.AreEqual(5.0 / 3, interval.Width.Value, 1e-12);
        Assert.AreEqual((2 + 2 + 10 + 1 + 10) / 3.0, interval.Score.Value, 1e-12); // 2 / (1 - 0.8) = 10 for each unit outside
        Assert.AreEqual(2.0 / 3, metrics.Levels[2].Coverage.Value, 1e-12);
        Assert.AreEqual((0.1 + 0.3 + 0.9) / 3, metrics.Levels[0].Pinball.Value, 1e-12);
    }
}
