using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Sets and intervals behind any model.</summary>
[TestClass]
public sealed class ConformalTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static string[] Names(IDataView view)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        view.Schema["PredictionSet"].GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static double Coverage(IDataView sets, IEnumerable<string> truth)
    {
        var names = Names(sets);
        return sets.GetColumn<bool[]>("PredictionSet").Zip(truth).Average(pair => pair.First[Array.IndexOf(names, pair.Second)] ? 1.0 : 0);
    }

    private ITransformer Load(ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(model, schema, stream);
        return new MLContext().Model.Load(stream, out _);
    }

    [TestMethod]
    public void Sets_hold_the_true_class_as_often_as_promised()
    {
        var (held, test) = (Noisy.Rows(2000, 2), Noisy.Rows(2000, 3));
        var model = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Noisy.Keyed(_ml, Noisy.Rows(500, 1), "blue", "red", "green"));
        var view = Noisy.Keyed(_ml, test, "red", "blue", "green");
        foreach (var sets in new ConformalSets[] { new(), new() { Coverage = 0.8, Score = SetScore.Adaptive }, new() { Coverage = 0.95, Score = SetScore.Adaptive, Randomized = false } })
        {
            var fitted = _ml.MulticlassClassification.Conformal(sets).Fit(model.Transform(Noisy.Keyed(_ml, held, "green", "red", "blue")));
            var scored = fitted.Transform(model.Transform(view));
            CollectionAssert.AreEqual(new[] { "blue", "red", "green" }, Names(scored));
            var coverage = Coverage(scored, test.Select(row => row.Class));
            Assert.IsTrue(coverage > sets.Coverage - 0.03 && (coverage < sets.Coverage + 0.03 || !sets.Randomized), $"{sets} {coverage}");
            CollectionAssert.AreEqual(scored.GetColumn<bool[]>("PredictionSet").Select(set => set.Count(isIn => isIn)).ToArray(), scored.GetColumn<int>("SetSize").ToArray());

            var loaded = Load(fitted, model.Transform(view).Schema);
            Assert.AreEqual(sets, Assert.IsInstanceOfType<PredictionSetTransformer>(((IEnumerable<ITransformer>)Load(model.Append(fitted), view.Schema)).Last()).Sets);
            CollectionAssert.AreEqual(scored.GetColumn<int>("SetSize").ToArray(), loaded.Transform(model.Transform(view)).GetColumn<int>("SetSize").ToArray());
        }
    }

    [TestMethod]
    public void Sets_of_two_classes_are_named_false_and_true()
    {
        var log = Toy.Log(_ml);
        var rows = Noisy.Rows(1000);
        var fitted = _ml.BinaryClassification.Conformal(null, "Flag", "Margin").Fit(Noisy.View(_ml, rows));
        var sets = fitted.Transform(Noisy.View(_ml, rows));
        CollectionAssert.AreEqual(new[] { "False", "True" }, Names(sets));
        Assert.AreEqual(0.9, Coverage(sets, rows.Select(row => row.Flag ? "True" : "False")), 0.01);

        rows = Noisy.Rows(5);
        rows[1].Margin = float.NaN;
        Assert.AreEqual(2, fitted.Transform(Noisy.View(_ml, rows)).GetColumn<int>("SetSize").ElementAt(1));

        var few = _ml.BinaryClassification.Conformal(null, "Flag", "Margin").Fit(Noisy.View(_ml, rows.Where(row => !float.IsNaN(row.Margin))));
        Assert.IsTrue(few.Transform(Noisy.View(_ml, rows)).GetColumn<int>("SetSize").All(size => size == 2));
        CollectionAssert.Contains(log, "Warning: 4 rows are too few to promise a coverage of 0.9: every set will hold all classes.");
    }

    [TestMethod]
    public void Sets_are_cross_fitted_over_a_pipeline()
    {
        var test = Noisy.Rows(2000, 3);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        var estimator = _ml.MulticlassClassification.Conformal(pipeline, folds: 4);
        var sets = estimator.Fit(Noisy.View(_ml, Noisy.Rows(800, 1))).Transform(Noisy.View(_ml, test));
        Assert.AreEqual(0.9, Coverage(sets, test.Select(row => row.Class)), 0.03);
        CollectionAssert.IsSubsetOf(new[] { "PredictionSet", "SetSize" }, estimator.GetOutputSchema(Interop.Shape(Noisy.View(_ml, test).Schema)).Select(column => column.Name).ToArray());
    }

    [TestMethod]
    public void Intervals_hold_the_true_value_as_often_as_promised()
    {
        IDataView View(int seed) => Noisy.View(_ml, Noisy.Rows(2000, seed));
        var trainer = _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value");
        var model = trainer.Fit(View(1));
        var fitted = _ml.Regression.Conformal(new() { Coverage = 0.8 }, "Value").Fit(model.Transform(View(2)));
        var interval = _ml.Regression.EvaluateIntervals(fitted.Transform(model.Transform(View(3))), 0.8, "Value", bootstrap: 100);
        Assert.AreEqual(0.8, interval.Coverage.Value, 0.03);
        Assert.AreEqual(2 * fitted.Margin, interval.Width.Value, 1e-5);
        Assert.AreEqual("Score", fitted.ScoreColumnName);

        var chain = _ml.Regression.Conformal(trainer, new() { Coverage = 0.8 }, folds: 3, labelColumnName: "Value").Fit(View(1));
        Assert.AreEqual(0.8, _ml.Regression.EvaluateIntervals(chain.Transform(View(3)), 0.8, "Value", bootstrap: 0).Coverage.Value, 0.03);
        CollectionAssert.AreEqual(
            chain.Transform(View(3)).GetColumn<float>("Lower").ToArray(), Load(chain, View(1).Schema).Transform(View(3)).GetColumn<float>("Lower").ToArray());
    }

    [TestMethod]
    public void Quantiles_are_moved_until_they_hold_what_they_should()
    {
        IDataView View(int seed) => Noisy.View(_ml, Noisy.Rows(2000, seed));
        var recipe = Toy.Quick with { Loss = new PinballLoss { Levels = [0.25, 0.5, 0.75] } };
        var model = _ml.Regression.Trainers.Network(recipe, labelColumnName: "Value").Fit(View(1));
        var fitted = _ml.Regression.Conformal(new() { Coverage = 0.9 }, "Value").Fit(model.Transform(View(2)));
        Assert.AreEqual("Quantiles", fitted.ScoreColumnName);
        Assert.IsTrue(fitted.Margin > 0); // from 25 % and 75 % to 5 % and 95 %
        var scored = fitted.Transform(model.Transform(View(3)));
        Assert.AreEqual(0.9, _ml.Regression.EvaluateIntervals(scored, 0.9, "Value", bootstrap: 0).Coverage.Value, 0.03);
        Assert.AreEqual(3, _ml.Regression.EvaluateQuantiles(scored, labelColumnName: "Value", bootstrap: 0).Levels.Count);
        Assert.AreEqual("Score", _ml.Regression.Conformal(null, "Value", quantilesColumnName: null).Fit(model.Transform(View(2))).ScoreColumnName);

        var first = scored.GetColumn<float[]>("Quantiles").First();
        Assert.AreEqual(first[0] - fitted.Margin, scored.GetColumn<float>("Lower").First(), 1e-5);
        Assert.AreEqual(first[2] + fitted.Margin, scored.GetColumn<float>("Upper").First(), 1e-5);
        CollectionAssert.AreEqual(scored.GetColumn<float>("Upper").ToArray(), Load(fitted, model.Transform(View(2)).Schema).Transform(model.Transform(View(3))).GetColumn<float>("Upper").ToArray());
    }

    [TestMethod]
    public void What_cannot_be_promised_is_said()
    {
        Assert.AreEqual("Coverage must lie in [1E-06, 0.999999], but is 1.", Assert.ThrowsExactly<ArgumentException>(() => _ml.Regression.Conformal(new ConformalIntervals { Coverage = 1 })).Message);
        Toy.Throws<ArgumentException>("Column 'Score' was not found; the data has 'Class', 'Flag', 'Value', 'Features', 'Logits', 'Margin', 'Weight', 'Person', 'Number'.",
            () => _ml.Regression.Conformal(null, "Value").Fit(Noisy.View(_ml, Noisy.Rows(10))));
        Toy.Throws<ArgumentException>("Column 'Flag' must be Single for regression, but is Boolean.", () => _ml.Regression.Conformal(null, "Flag", "Margin").Fit(Noisy.View(_ml, Noisy.Rows(10))));
        Toy.Throws<ArgumentException>("Column 'Logits' must have slots that are named by the levels of its quantiles, but they have no names; pass null as quantilesColumnName to use the score.",
            () => _ml.Regression.Conformal(null, "Value", quantilesColumnName: "Logits").Fit(Noisy.View(_ml, Noisy.Rows(10))));
    }

    [TestMethod]
    public void A_calibration_that_asks_the_model_about_copies_of_rows_needs_a_network()
    {
        var e = Assert.ThrowsExactly<NotSupportedException>(() => _ml.BinaryClassification.Calibrate(new CorrectnessAwareScaling()));
        Assert.AreEqual(
            $"calibration must need nothing but scores, but {new CorrectnessAwareScaling()} asks the model about copies of every row; put it into the recipe of a network, or set Copies to 0.", e.Message);
        _ml.BinaryClassification.Calibrate(new CorrectnessAwareScaling { Copies = 0, Epochs = 5 }, "Flag", "Margin").Fit(Noisy.View(_ml, Noisy.Rows(50)));
    }
}
