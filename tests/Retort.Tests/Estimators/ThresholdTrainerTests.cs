using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Thresholds that are chosen for F-beta.</summary>
[TestClass]
public sealed class ThresholdTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static List<Noisy.Row> Rare(int seed)
    {
        var rows = Noisy.Rows(800, seed);
        foreach (var row in rows)
            row.Flag = row.Features[0] + row.Features[1] + row.Number % 3 > 4; // one in ten
        return rows;
    }

    // ML.NET's evaluator decides by Score, whatever PredictedLabel says
    private static double F1(IDataView decided)
    {
        var pairs = decided.GetColumn<bool>("PredictedLabel").Zip(decided.GetColumn<bool>("Flag")).ToArray();
        return 2.0 * pairs.Count(pair => pair.First && pair.Second) / (pairs.Count(pair => pair.First) + pairs.Count(pair => pair.Second));
    }

    [TestMethod]
    public void The_threshold_is_the_best_on_its_rows_and_only_the_label_changes()
    {
        var view = Noisy.View(_ml, Rare(1));
        var scored = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(view).Transform(view);
        foreach (var beta in new[] { 0.5, 1, 2 })
        {
            var fitted = _ml.BinaryClassification.TuneThreshold(beta, "Flag").Fit(scored);
            Assert.AreEqual("Probability", fitted.ScoreColumnName);
            Assert.AreEqual(beta, fitted.Beta);
            var best = F(fitted.Threshold);
            foreach (var other in scored.GetColumn<float>("Probability").Take(300))
                Assert.IsTrue(best >= F(other) - 1e-12);

            var decided = fitted.Transform(scored);
            CollectionAssert.AreEqual(scored.GetColumn<float>("Probability").Select(p => p > fitted.Threshold).ToArray(), decided.GetColumn<bool>("PredictedLabel").ToArray());
            CollectionAssert.AreEqual(scored.GetColumn<float>("Score").ToArray(), decided.GetColumn<float>("Score").ToArray());

            double F(double threshold) => _ml.BinaryClassification.EvaluateThreshold(scored, threshold, beta, "Flag", bootstrap: 0).FScore.Value;
        }

        Assert.IsTrue(F1(_ml.BinaryClassification.TuneThreshold(labelColumnName: "Flag").Fit(scored).Transform(scored)) > F1(scored) + 0.1);
    }

    [TestMethod]
    public void It_is_cross_fitted_saves_and_loads()
    {
        var (train, test) = (Noisy.View(_ml, Rare(1)), Noisy.View(_ml, Rare(2)));
        var trainer = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag");
        var chain = _ml.BinaryClassification.TuneThreshold(trainer, folds: 4, labelColumnName: "Flag").Fit(train);
        Assert.IsTrue(F1(chain.Transform(test)) > F1(trainer.Fit(train).Transform(test)) + 0.1);

        using var stream = new MemoryStream();
        _ml.Model.Save(chain, train.Schema, stream);
        var loaded = new MLContext().Model.Load(stream, out _);
        var last = Assert.IsInstanceOfType<ThresholdTransformer>(((IEnumerable<ITransformer>)loaded).Last());
        Assert.AreEqual(chain.LastTransformer.Threshold, last.Threshold);
        Assert.AreEqual(1, last.Beta);
        CollectionAssert.AreEqual(chain.Transform(test).GetColumn<bool>("PredictedLabel").ToArray(), loaded.Transform(test).GetColumn<bool>("PredictedLabel").ToArray());
    }

    [TestMethod]
    public void A_calibration_and_a_threshold_stand_behind_one_another()
    {
        var (train, held) = (Noisy.View(_ml, Rare(1)), Noisy.View(_ml, Rare(2)));
        var model = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(train);
        var calibrated = model.Append(_ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag").Fit(model.Transform(held)));
        var decided = calibrated.Append(_ml.BinaryClassification.TuneThreshold(2, "Flag").Fit(calibrated.Transform(held)));
        var metrics = _ml.BinaryClassification.EvaluateThreshold(decided.Transform(held), decided.LastTransformer.Threshold, 2, "Flag", bootstrap: 0);
        var said = decided.Transform(held).GetColumn<bool>("PredictedLabel").Zip(Rare(2).Select(row => row.Flag)).ToArray();
        Assert.AreEqual((double)said.Count(pair => pair.First && pair.Second) / said.Count(pair => pair.Second), metrics.Recall.Value, 1e-9);
    }

    [TestMethod]
    public void A_row_with_NaN_is_not_positive()
    {
        var fitted = _ml.BinaryClassification.TuneThreshold(1, "Flag", "Margin").Fit(Noisy.View(_ml, Noisy.Rows(50)));
        var rows = Noisy.Rows(2);
        rows[1].Margin = float.NaN;
        Assert.IsFalse(fitted.Transform(Noisy.View(_ml, rows)).GetColumn<bool>("PredictedLabel").Last());
    }

    [TestMethod]
    public void What_cannot_be_chosen_is_said()
    {
        var rows = Noisy.Rows(10);
        rows.ForEach(row => row.Flag = false);
        Toy.Throws<ArgumentException>("The weight of the positive rows must be more than 0, but is 0.", () => _ml.BinaryClassification.TuneThreshold(1, "Flag", "Margin").Fit(Noisy.View(_ml, rows)));
        Assert.AreEqual("beta must be more than 0, but is 0.", Assert.ThrowsExactly<ArgumentException>(() => _ml.BinaryClassification.TuneThreshold(0)).Message);
    }
}
