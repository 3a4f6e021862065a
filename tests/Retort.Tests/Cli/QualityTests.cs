using Microsoft.ML;
using Retort.Cli.Metrics;

namespace Retort.Tests;

[TestClass]
public sealed class QualityTests
{
    private static readonly Scored Binary = new(LearningTask.Binary, 2, [1, 0, 1, 0], [0.2f, 0.8f, 0.6f, 0.4f, 0.7f, 0.3f, 0.9f, 0.1f], 0);

    private static readonly Scored Three = new(LearningTask.Multiclass, 3, [0, 1, 2], [0.5f, 0.3f, 0.2f, 0.6f, 0.4f, 0, 0, 0, 1], 0);

    [TestMethod]
    public void Binary_by_hand()
    {
        Assert.AreEqual(0.75, Quality.Accuracy(Binary), 1e-12); // the third row is wrong
        Assert.AreEqual(-(Math.Log(0.8) + Math.Log(0.6) + Math.Log(0.3) + Math.Log(0.9)) / 4, Quality.LogLoss(Binary), 1e-6);
        Assert.AreEqual((0.04 + 0.16 + 0.49 + 0.01) / 4, Quality.Brier(Binary), 1e-6);
        Assert.AreEqual(0.75, Quality.Auc(Binary), 1e-12); // of the four pairs, 0.3 < 0.4 is the wrong one
    }

    [TestMethod]
    public void Calibration_error_by_hand() // bins of confidence: 0.8 right, 0.6 right, 0.7 wrong, 0.9 right
        => Assert.AreEqual((0.2 + 0.4 + 0.7 + 0.1) / 4, Quality.CalibrationError(Binary), 1e-6);

    [TestMethod]
    public void Errors_in_one_bin_of_confidence_cancel() // 0.75 is right in three of four rows
        => Assert.AreEqual(0, Quality.CalibrationError(new(LearningTask.Binary, 2, [1, 1, 1, 0], [.25f, .75f, .25f, .75f, .25f, .75f, .25f, .75f], 0)), 1e-6);

    [TestMethod]
    public void Multiclass_by_hand()
    {
        Assert.AreEqual(2 / 3.0, Quality.Accuracy(Three), 1e-12);
        Assert.AreEqual((0.25 + 0.09 + 0.04 + 0.36 + 0.36) / 3, Quality.Brier(Three), 1e-6);
        Assert.AreEqual((0.5 + 1 + 1) / 3, Quality.Auc(Three), 1e-12); // class 0: 0.5 beats 0 and not 0.6
    }

    [TestMethod]
    public void Ties_count_half() =>
        Assert.AreEqual(0.5, Quality.Auc(new(LearningTask.Binary, 2, [1, 0], [0.5f, 0.5f, 0.5f, 0.5f], 0)), 1e-12);

    [TestMethod]
    public void The_curve_of_one_class_has_no_area() =>
        Assert.IsTrue(double.IsNaN(Quality.Auc(new(LearningTask.Binary, 2, [1, 1], [0.5f, 0.5f, 0.5f, 0.5f], 0))));

    [TestMethod]
    public void A_certain_error_is_finite() =>
        Assert.AreEqual(-Math.Log(1e-15), Quality.LogLoss(new(LearningTask.Binary, 2, [1], [1, 0], 0)), 1e-9);

    [TestMethod]
    public void Regression_by_hand()
    {
        var quality = Quality.Of(new Scored(LearningTask.Regression, 1, [1, 2, 3], [1, 2, 5], 0)).ToDictionary(q => q.Name, q => q.Value);
        Assert.AreEqual(Math.Sqrt(4 / 3.0), quality["rmse"], 1e-12);
        Assert.AreEqual(2 / 3.0, quality["mae"], 1e-12);
        Assert.AreEqual(1 - 4 / 2.0, quality["r2"], 1e-12);
    }

    [TestMethod]
    public void The_numbers_are_those_of_ML_NET()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(_ =>
        {
            var p = random.NextSingle();
            return new Row { Label = random.NextSingle() < p, Probability = p, Score = MathF.Log(p / (1 - p)), PredictedLabel = p > 0.5f };
        }).ToArray());

        var theirs = ml.BinaryClassification.Evaluate(rows);
        var ours = Scored.Read(rows, "Label", default);
        Assert.AreEqual(theirs.Accuracy, Quality.Accuracy(ours), 1e-9);
        Assert.AreEqual(theirs.AreaUnderRocCurve, Quality.Auc(ours), 1e-9);
        Assert.AreEqual(theirs.LogLoss * Math.Log(2), Quality.LogLoss(ours), 1e-6); // theirs is in bits
    }

    private sealed class Row
    {
        public bool Label { get; set; }

        public float Probability { get; set; }

        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }
}
