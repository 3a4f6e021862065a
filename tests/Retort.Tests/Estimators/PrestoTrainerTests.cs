using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Retort.Tests;

[TestClass]
public sealed class PrestoTrainerTests
{
    private static readonly Presto Quick = new() { Lambdas = [1, 0.1], Folds = 3 };

    private static IDataView Ordered(MLContext ml, int rows = 120)
    {
        var view = Toy.View(ml, Toy.Rows(rows, "a low", "b middle", "c high"));
        return ml.Transforms.Conversion.MapValueToKey("Label", nameof(Toy.Row.Class), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(view).Transform(view);
    }

    [TestMethod]
    public void It_evaluates_saves_and_loads_like_any_trainer()
    {
        var ml = new MLContext(1);
        var rows = Ordered(ml);
        var log = Toy.Log(ml);
        var model = ml.MulticlassClassification.Trainers.Presto(Quick).Append(ml.Transforms.Conversion.MapKeyToValue("Said", "PredictedLabel")).Fit(rows);
        Assert.IsTrue(log.Exists(line => line.Contains("of the smallest that gives proportional odds")));
        var metrics = ml.MulticlassClassification.Evaluate(model.Transform(rows));
        Assert.IsTrue(metrics.MicroAccuracy > 0.9, $"{metrics.MicroAccuracy}");

        using var file = new MemoryStream();
        ml.Model.Save(model, rows.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);
        Assert.AreEqual(metrics.LogLoss, ml.MulticlassClassification.Evaluate(loaded.Transform(rows)).LogLoss);
        Assert.AreEqual(3, ml.MulticlassClassification.CrossValidate(rows, ml.MulticlassClassification.Trainers.Presto(Quick), 3).Count);
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_model()
    {
        var first = new MLContext(1);
        var second = new MLContext(1);
        CollectionAssert.AreEqual(
            first.MulticlassClassification.Trainers.Presto(Quick).Fit(Ordered(first)).Model.Fitted.Parameters,
            second.MulticlassClassification.Trainers.Presto(Quick).Fit(Ordered(second)).Model.Fitted.Parameters);
    }

    [TestMethod]
    public void Bad_settings_and_columns_are_named()
    {
        var ml = new MLContext(1);
        Toy.Throws<ArgumentException>("Each of Lambdas must lie in [0, 1], but is 2.", () => ml.MulticlassClassification.Trainers.Presto(new Presto { Lambdas = [2] }));
        Toy.Throws<ArgumentException>("Folds must be at least 2, but is 1.", () => ml.MulticlassClassification.Trainers.Presto(new Presto { Folds = 1 }));
        var two = Toy.Keyed(ml, Toy.Rows(20, "no", "yes"));
        Toy.Throws<ArgumentException>("The number of classes for 'presto' must be at least 3, but is 2.", () => ml.MulticlassClassification.Trainers.Presto().Fit(two));
    }
}
