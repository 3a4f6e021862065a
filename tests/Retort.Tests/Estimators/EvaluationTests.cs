using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>The measures read the right columns and are those of the core.</summary>
[TestClass]
public sealed class EvaluationTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static int Place(IDataView view, string name)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        view.Schema["Score"].GetSlotNames(ref names);
        return Array.FindIndex(names.DenseValues().ToArray(), value => value.ToString() == name);
    }

    [TestMethod]
    public void Probabilities_of_several_classes_are_measured_whatever_the_order_of_the_keys()
    {
        var rows = Noisy.Rows(500, 2);
        var model = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Noisy.Keyed(_ml, Noisy.Rows(300, 1), "blue", "red", "green"));
        var scored = model.Transform(Noisy.Keyed(_ml, rows, "green", "blue", "red"));
        var metrics = _ml.MulticlassClassification.EvaluateCalibration(scored, bootstrap: 50);

        double[] probabilities = [.. scored.GetColumn<float[]>("Score").SelectMany(p => p.Select(value => value / p.Sum(v => (double)v)))];
        var expected = CalibrationMetrics.Of(probabilities, 3, [.. rows.Select(row => Place(scored, row.Class))], bootstrap: 50);
        Same(expected, metrics);
        Assert.AreEqual(500, metrics.Rows);
        var right = model.Transform(Noisy.Keyed(_ml, rows, "blue", "red", "green"));
        Assert.AreEqual(_ml.MulticlassClassification.Evaluate(right).MicroAccuracy, metrics.Accuracy.Value, 1e-9);
        Assert.AreEqual(_ml.MulticlassClassification.Evaluate(right).LogLoss, metrics.LogLoss.Value, 1e-6);
    }

    private static void Same(CalibrationMetrics expected, CalibrationMetrics actual)
    {
        foreach (var property in typeof(CalibrationMetrics).GetProperties().Where(property => property.PropertyType == typeof(Estimate)))
        {
            var (e, a) = ((Estimate)property.GetValue(expected)!, (Estimate)property.GetValue(actual)!);
            Assert.AreEqual(e.Value, a.Value, 1e-9, property.Name);
            Assert.AreEqual(e.Low, a.Low, 1e-9, property.Name);
            Assert.AreEqual(e.High, a.High, 1e-9, property.Name);
        }
    }

    [TestMethod]
    public void Of_two_classes_the_probability_is_measured_with_weights()
    {
        var rows = Noisy.Rows(400);
        for (var i = 0; i < rows.Count; i++)
            rows[i].Weight = i % 3;
        var scored = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(Noisy.View(_ml, rows)).Transform(Noisy.View(_ml, rows));
        double[] probabilities = [.. scored.GetColumn<float>("Probability").SelectMany(p => new[] { 1.0 - p, p })];
        int[] labels = [.. rows.Select(row => row.Flag ? 1 : 0)];
        double[] weights = [.. rows.Select(row => (double)row.Weight)];
        Same(
            CalibrationMetrics.Of(probabilities, 2, labels, weights, 30, 5, 0.8),
            _ml.BinaryClassification.EvaluateCalibration(scored, "Flag", exampleWeightColumnName: "Weight", bootstrap: 30, confidence: 0.8, seed: 5));

        // logits give the same
        var raw = _ml.Transforms.DropColumns("Probability").Fit(scored).Transform(scored);
        Assert.AreEqual(
            _ml.BinaryClassification.EvaluateCalibration(scored, "Flag", bootstrap: 0).BrierScore.Value,
            _ml.BinaryClassification.EvaluateCalibration(raw, "Flag", bootstrap: 0).BrierScore.Value, 1e-6);
    }

    [TestMethod]
    public void Decisions_are_those_of_ML_NET_at_its_threshold_and_others_at_others()
    {
        var rows = Noisy.Rows(400);
        var scored = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(Noisy.View(_ml, rows)).Transform(Noisy.View(_ml, rows));
        var (theirs, ours) = (_ml.BinaryClassification.Evaluate(scored, "Flag"), _ml.BinaryClassification.EvaluateThreshold(scored, labelColumnName: "Flag", bootstrap: 20));
        Assert.AreEqual(0.5, ours.Threshold);
        Assert.AreEqual(theirs.Accuracy, ours.Accuracy.Value, 1e-9);
        Assert.AreEqual(theirs.F1Score, ours.FScore.Value, 1e-9);
        Assert.AreEqual(theirs.AreaUnderRocCurve, ours.AreaUnderRocCurve.Value, 1e-6);
        Assert.IsTrue(ours.Accuracy.Low < ours.Accuracy.Value && ours.Accuracy.Value < ours.Accuracy.High);

        Assert.AreEqual(1, _ml.BinaryClassification.EvaluateThreshold(scored, -1, labelColumnName: "Flag", bootstrap: 0).Recall.Value);
        Assert.AreEqual(0, _ml.BinaryClassification.EvaluateThreshold(Noisy.View(_ml, rows), labelColumnName: "Flag", scoreColumnName: "Margin", bootstrap: 0).Threshold);
    }

    private sealed class Forecast
    {
        public float Label { get; set; }

        public float Lower { get; set; }

        public float Upper { get; set; }

        [VectorType(3)]
        public float[] Quantiles { get; set; } = [];
    }

    [TestMethod]
    public void Quantiles_and_intervals_are_measured_by_their_levels()
    {
        var random = new Random(1);
        Forecast[] rows = [.. Enumerable.Range(0, 200).Select(i => new Forecast { Label = i == 3 ? float.NaN : (float)random.NextDouble(), Lower = 0.1f, Upper = 0.9f, Quantiles = [0.1f, 0.5f, 0.9f] })];
        var view = _ml.Data.LoadFromEnumerable(rows);
        var kept = rows.Where(row => !float.IsNaN(row.Label)).ToArray();
        double[] levels = [0.1, 0.5, 0.9];
        var metrics = _ml.Regression.EvaluateQuantiles(view, levels, bootstrap: 20);
        var expected = QuantileMetrics.Of([.. kept.SelectMany(row => row.Quantiles.Select(q => (double)q))], levels, [.. kept.Select(row => (double)row.Label)], bootstrap: 20);
        Assert.AreEqual(199, metrics.Rows);
        Assert.AreEqual(expected.Pinball, metrics.Pinball);
        Assert.AreEqual(expected.Intervals[0], metrics.Intervals[0]);

        var interval = _ml.Regression.EvaluateIntervals(view, 0.8, bootstrap: 20);
        Assert.AreEqual(0.8, interval.Nominal, 1e-9);
        Assert.AreEqual(expected.Intervals[0].Coverage, interval.Coverage);
        Assert.AreEqual(0.8, interval.Width.Value, 1e-6);

        Toy.Throws<ArgumentException>("Column 'Quantiles' must have slots that are named by the levels of its quantiles, but they have no names; name the levels.", () => _ml.Regression.EvaluateQuantiles(view));
        Toy.Throws<ArgumentException>("Column 'Quantiles' must have a value for each of the 2 levels, but has 3.", () => _ml.Regression.EvaluateQuantiles(view, [0.1, 0.9]));
        Toy.Throws<ArgumentException>("Column 'Above' was not found; the data has 'Label', 'Lower', 'Upper', 'Quantiles'.", () => _ml.Regression.EvaluateIntervals(view, upperColumnName: "Above"));
    }

    [TestMethod]
    public void Settings_that_cannot_be_are_refused()
    {
        var view = Noisy.View(_ml, Noisy.Rows(20));
        Toy.Throws<ArgumentException>("The confidence of an interval must lie in [1E-06, 0.999999], but is 1.", () => _ml.BinaryClassification.EvaluateCalibration(view, "Flag", "Margin", confidence: 1));
        Toy.Throws<ArgumentException>("beta must be more than 0, but is -1.", () => _ml.BinaryClassification.EvaluateThreshold(view, beta: -1, labelColumnName: "Flag", scoreColumnName: "Margin"));
        Toy.Throws<ArgumentException>("coverage must lie in [1E-09, 0.999999999], but is 0.", () => _ml.Regression.EvaluateIntervals(view, 0));
    }

    [TestMethod]
    public void An_overfit_network_becomes_honest()
    {
        var recipe = new Recipe { Network = new Mlp { Layers = 2, Width = 64 }, Epochs = 120, Patience = 120, HoldOut = 0 };
        var (train, test) = (Noisy.View(_ml, Noisy.Rows(500, 1)), Noisy.View(_ml, Noisy.Rows(2000, 2)));
        var network = _ml.BinaryClassification.Trainers.Network(recipe, labelColumnName: "Flag");
        var before = _ml.BinaryClassification.EvaluateCalibration(network.Fit(train).Transform(test), "Flag", bootstrap: 200);
        var calibrated = _ml.BinaryClassification.Calibrate(network, new TemperatureScaling(), folds: 3, labelColumnName: "Flag").Fit(train);
        var after = _ml.BinaryClassification.EvaluateCalibration(calibrated.Transform(test), "Flag", bootstrap: 200);
        Assert.IsTrue(after.DebiasedCalibrationError.Value < before.DebiasedCalibrationError.Low, $"{before.DebiasedCalibrationError} {after.DebiasedCalibrationError}");
        Assert.IsTrue(after.DebiasedCalibrationError.Value < 0.05, $"{before.DebiasedCalibrationError} {after.DebiasedCalibrationError}");
        Assert.AreEqual(before.Accuracy.Value, after.Accuracy.Value, 1e-12);
    }
}
