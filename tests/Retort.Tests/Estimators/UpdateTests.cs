using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>What changes when one model takes another's place, and how far two models are apart.</summary>
[TestClass]
public sealed class UpdateTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public string Old { get; set; } = "";

        public string New { get; set; } = "";

        public float Weight { get; set; } = 1;
    }

    private sealed class Flagged
    {
        public bool Label { get; set; }

        public bool PredictedLabel { get; set; }

        public float Probability { get; set; }

        public float Other { get; set; }

        [VectorType(3)]
        public float[] Three { get; set; } = [0.5f, 0.25f, 0.25f];

        [VectorType(3)]
        public float[] Four { get; set; } = [0.5f, 0.25f, 0.25f];

        [VectorType(2)]
        public float[] Two { get; set; } = [0.5f, 0.5f];
    }

    // right in both, lost, won, wrong alike, wrong differently
    private static Row[] Rows =>
    [
        new() { Label = "a", Old = "a", New = "a" }, new() { Label = "b", Old = "b", New = "a", Weight = 3 }, new() { Label = "c", Old = "a", New = "c" },
        new() { Label = "a", Old = "b", New = "b" }, new() { Label = "a", Old = "b", New = "c", Weight = 2 },
    ];

    private IDataView View(params Row[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private UpdateMetrics Measure(IDataView view, string? weight = null, int bootstrap = 0) =>
        _ml.MulticlassClassification.EvaluateUpdate(_ml.Transforms.CopyColumns("PredictedLabel", "Old").Fit(view).Transform(view), _ml.Transforms.CopyColumns("PredictedLabel", "New").Fit(view).Transform(view),
            exampleWeightColumnName: weight, bootstrap: bootstrap);

    [TestMethod]
    public void Flips_are_counted()
    {
        var metrics = Measure(View(Rows));
        Assert.AreEqual(5, metrics.Rows);
        Assert.AreEqual(0.2, metrics.NegativeFlipRate.Value, 1e-12);
        Assert.AreEqual(0.2, metrics.PositiveFlipRate.Value, 1e-12);
        Assert.AreEqual(0.4, metrics.OldAccuracy.Value, 1e-12);
        Assert.AreEqual(0.4, metrics.NewAccuracy.Value, 1e-12);
        Assert.AreEqual(0, metrics.AccuracyGain.Value, 1e-12);
        Assert.AreEqual(0.4, metrics.Agreement.Value, 1e-12);
        Assert.IsTrue(double.IsNaN(metrics.Agreement.Low));
    }

    [TestMethod]
    public void Rows_count_by_weight_and_unlabelled_ones_do_not() // of 8: 3 are lost, 1 is won
    {
        var log = Toy.Log(_ml);
        var metrics = Measure(View([.. Rows, new Row { Old = "a", New = "b" }]), "Weight");
        Assert.AreEqual(3.0 / 8, metrics.NegativeFlipRate.Value, 1e-12);
        Assert.AreEqual(-2.0 / 8, metrics.AccuracyGain.Value, 1e-12);
        CollectionAssert.Contains(log, "Warning: The data has 1 of 6 rows without a label in column 'Label'; they are left out.");
    }

    [TestMethod]
    public void Keys_are_matched_by_their_values_and_a_missing_answer_is_wrong()
    {
        var view = View(Rows);
        var old = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.Conversion.MapValueToKey("PredictedLabel", "Old")).Fit(view).Transform(view); // a, b, c; a, b
        var latest = _ml.Transforms.Conversion.MapValueToKey("PredictedLabel", "New").Fit(View(Rows[2], Rows[1])).Transform(view); // c, a: b is missing
        var metrics = _ml.MulticlassClassification.EvaluateUpdate(old, latest, bootstrap: 0);
        Assert.AreEqual(0.4, metrics.OldAccuracy.Value, 1e-12);
        Assert.AreEqual(0.4, metrics.NewAccuracy.Value, 1e-12);
        Assert.AreEqual(0.2, metrics.Agreement.Value, 1e-12);
    }

    [TestMethod]
    public void Intervals_hold_the_values()
    {
        var rows = Enumerable.Range(0, 400).Select(i => Rows[i * 7 % 5]).ToArray();
        var metrics = Measure(View(rows), bootstrap: 300);
        Assert.IsTrue(metrics.NegativeFlipRate is { Low: > 0.15 and < 0.2, High: > 0.2 and < 0.25 }, $"{metrics.NegativeFlipRate}"); // deviation 0.02
        Assert.IsTrue(metrics.AccuracyGain is { Low: < 0, High: > 0 });
    }

    [TestMethod]
    public void Two_models_are_compared_as_they_predict()
    {
        var (train, test) = (Noisy.Rows(300, 1), Noisy.Rows(400, 2));
        var old = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag", l1Regularization: 20).Fit(Noisy.View(_ml, train)).Transform(Noisy.View(_ml, test));
        var latest = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(Noisy.View(_ml, train)).Transform(Noisy.View(_ml, test));
        var metrics = _ml.BinaryClassification.EvaluateUpdate(old, latest, "Flag", bootstrap: 0);
        Assert.AreEqual(_ml.BinaryClassification.Evaluate(old, "Flag").Accuracy, metrics.OldAccuracy.Value, 1e-9);
        Assert.AreEqual(_ml.BinaryClassification.Evaluate(latest, "Flag").Accuracy, metrics.NewAccuracy.Value, 1e-9);
        Assert.AreEqual(metrics.NewAccuracy.Value - metrics.OldAccuracy.Value, metrics.PositiveFlipRate.Value - metrics.NegativeFlipRate.Value, 1e-12);
    }

    [TestMethod]
    public void Rows_must_be_the_same()
    {
        var copy = _ml.Transforms.CopyColumns("PredictedLabel", "Old").Fit(View(Rows));
        Throws("Both models must have answered the same rows, but the new one has only 4.", Rows, Rows[..4]);
        Throws("Both models must have answered the same rows, but the old one has only 4.", Rows[..4], Rows);
        Throws("Both models must have answered the same rows in the same order, but the labels in column 'Label' of row 0 (counted from 0) differ.", Rows, [.. Rows.Reverse().Skip(3).Concat(Rows[2..])]);
        Throws("The data must have rows, but has none.", [], []);
        Throws("The data must have rows with a label, but column 'Label' is missing in all 1.", [new()], [new()]);
        Toy.Throws<ArgumentException>("Column 'Weight' must be a key, a text or Boolean to be compared, but is Single.", () => _ml.MulticlassClassification.EvaluateUpdate(View(Rows), View(Rows), predictedLabelColumnName: "Weight"));

        void Throws(string message, Row[] old, Row[] latest) =>
            Toy.Throws<ArgumentException>(message, () => _ml.MulticlassClassification.EvaluateUpdate(copy.Transform(View(old)), copy.Transform(View(latest))));
    }

    private IDataView Flags(params Flagged[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private float[] Divergences(IDataView view, string first, string second, DivergenceMeasure measure = DivergenceMeasure.JensenShannon)
    {
        var fitted = _ml.Transforms.ScoreDivergence("Drift", first, second, new() { Measure = measure }).Fit(view);
        using var file = new MemoryStream();
        _ml.Model.Save(fitted, view.Schema, file);
        file.Position = 0;
        var expected = fitted.Transform(view).GetColumn<float>("Drift").ToArray();
        CollectionAssert.AreEqual(expected, new MLContext().Model.Load(file, out _).Transform(view).GetColumn<float>("Drift").ToArray());
        return expected;
    }

    [TestMethod]
    public void Divergences_are_those_of_the_formula()
    {
        var view = Flags(
            new() { Probability = 0.5f, Other = 0.5f }, new() { Probability = 1, Other = 0 }, new() { Probability = 0.25f, Other = 0.75f, Three = [1, 0, 0], Four = [0.25f, 0.5f, 0.25f] }, new() { Probability = float.NaN, Other = 0.5f });
        var shannon = Divergences(view, "Probability", "Other");
        Assert.AreEqual(0, shannon[0], 1e-7);
        Assert.AreEqual(Math.Log(2), shannon[1], 1e-6);
        Assert.AreEqual(0.25 * Math.Log(0.5) + 0.75 * Math.Log(1.5), shannon[2], 1e-6); // the mean is even
        Assert.IsTrue(float.IsNaN(shannon[3]));
        var leibler = Divergences(view, "Probability", "Other", DivergenceMeasure.KullbackLeibler);
        Assert.AreEqual(float.PositiveInfinity, leibler[1]);
        Assert.AreEqual(0.25 * Math.Log(1.0 / 3) + 0.75 * Math.Log(3), leibler[2], 1e-6);
        Assert.AreEqual(Math.Log(4), Divergences(view, "Three", "Four", DivergenceMeasure.KullbackLeibler)[2], 1e-6);
        Assert.AreEqual(0, Divergences(view, "Three", "Four")[0]);
    }

    [TestMethod]
    public void Classes_of_two_models_are_matched()
    {
        var rows = Toy.Rows(60);
        var one = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Append(_ml.Transforms.CopyColumns("First", "Score")).Fit(Toy.View(_ml, rows));
        var other = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Fit(Toy.View(_ml, Toy.Rows(60, "blue", "red", "green")));
        var scored = other.Transform(one.Transform(Toy.View(_ml, rows)));
        var drift = Divergences(scored, "Score", "First", DivergenceMeasure.KullbackLeibler);
        var (p, q) = (scored.GetColumn<float[]>("Score").ToArray(), scored.GetColumn<float[]>("First").ToArray()); // blue, red, green; red, green, blue
        for (var row = 0; row < drift.Length; row++)
            Assert.AreEqual(Enumerable.Range(0, 3).Sum(k => p[row][k] * Math.Log(p[row][k] / q[row][(k + 2) % 3])), drift[row], 1e-4);
        var strange = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Fit(Toy.View(_ml, Toy.Rows(60, "blue", "red", "pink")));
        Toy.Throws<ArgumentException>(
            "Columns 'Score' and 'First' must have the same classes, but only the first has pink and only the second has green.",
            () => _ml.Transforms.ScoreDivergence("Drift", "Score", "First").Fit(strange.Transform(one.Transform(Toy.View(_ml, rows)))));
    }

    [TestMethod]
    public void A_row_at_a_time_gives_the_same()
    {
        var view = Flags(new Flagged { Probability = 0.25f, Other = 0.75f });
        var fitted = _ml.Transforms.ScoreDivergence("Drift", "Probability", "Other").Fit(view);
        using var engine = _ml.Model.CreatePredictionEngine<Flagged, Drifted>(fitted);
        Assert.AreEqual(Divergences(view, "Probability", "Other")[0], engine.Predict(new() { Probability = 0.25f, Other = 0.75f }).Drift);
    }

    private sealed class Drifted
    {
        public float Drift { get; set; }
    }

    [TestMethod]
    public void Columns_must_fit_together()
    {
        var view = Flags(new Flagged());
        Toy.Throws<ArgumentException>("Columns 'Three' and 'Two' must have as many values as each other, but have 3 and 2.", () => _ml.Transforms.ScoreDivergence("Drift", "Three", "Two").Fit(view));
        Toy.Throws<ArgumentException>("Column 'Label' must be Single, or a vector of two, but is Boolean.", () => _ml.Transforms.ScoreDivergence("Drift", "Probability", "Label").Fit(view));
        Toy.Throws<ArgumentException>("Column 'Three' must be Single, but is Vector<Single>.", () => _ml.Transforms.ScoreDivergence("Drift", "Probability", "Three").GetOutputSchema(Interop.Shape(view.Schema)));
        var shape = _ml.Transforms.ScoreDivergence("Drift", "Probability", "Other").GetOutputSchema(Interop.Shape(view.Schema));
        Assert.AreEqual("Drift", shape.Last().Name);
    }

    [TestMethod]
    public void A_model_that_was_tampered_with_is_seen()
    {
        var rows = Noisy.Rows(600, 1);
        var good = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(Noisy.View(_ml, rows));
        var watch = _ml.BinaryClassification.Trainers.Network(new() { Epochs = 40 }, Teacher.Of(good), "Flag").Fit(Noisy.View(_ml, rows));
        foreach (var row in rows.Where(row => row.Number % 5 == 0))
            row.Flag = false;
        var poisoned = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(Noisy.View(_ml, rows));
        Assert.IsTrue(Mean(poisoned) > 2 * Mean(good), $"{Mean(poisoned)} {Mean(good)}");

        double Mean(ITransformer model)
        {
            var scored = model.Transform(Noisy.View(_ml, Noisy.Rows(300, 2)));
            var copied = _ml.Transforms.CopyColumns("Served", "Probability").Fit(scored).Transform(scored);
            return Divergences(watch.Transform(copied), "Served", "Probability").Average();
        }
    }
}
