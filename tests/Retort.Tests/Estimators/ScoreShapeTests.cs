using Microsoft.ML;

namespace Retort.Tests;

/// <summary>What estimators behind a model say that they will add is what they add.</summary>
[TestClass]
public sealed class ScoreShapeTests
{
    private readonly MLContext _ml = new(seed: 1);

    private void Holds(IEstimator<ITransformer> estimator, IDataView view)
    {
        var promised = estimator.GetOutputSchema(Interop.Shape(view.Schema)).ToDictionary(column => column.Name, Text);
        var came = Interop.Shape(estimator.Fit(view).GetOutputSchema(view.Schema)).ToDictionary(column => column.Name, Text);
        CollectionAssert.AreEquivalent(promised.Keys, came.Keys);
        foreach (var (name, text) in promised)
            Assert.AreEqual(text, came[name], name);
    }

    private static string Text(SchemaShape.Column column) =>
        $"{column.Kind} {column.ItemType} {column.IsKey} {string.Join(" ", column.Annotations.Select(a => $"{a.Name}:{a.Kind}:{a.ItemType}").Order(StringComparer.Ordinal))}";

    [TestMethod]
    public void Of_several_classes()
    {
        var keyed = Noisy.Keyed(_ml, Noisy.Rows(100));
        var scored = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(keyed).Transform(keyed);
        Holds(_ml.MulticlassClassification.Calibrate(new TemperatureScaling()), scored);
        Holds(_ml.MulticlassClassification.Conformal(), scored);
        Holds(_ml.MulticlassClassification.Calibrate(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(), new TemperatureScaling(), folds: 2), keyed);
    }

    [TestMethod]
    public void Of_two_classes()
    {
        var view = Noisy.View(_ml, Noisy.Rows(100));
        var scored = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(view).Transform(view);
        Holds(_ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag"), scored);
        Holds(_ml.BinaryClassification.TuneThreshold(1, "Flag"), scored);
        Holds(_ml.BinaryClassification.Conformal(null, "Flag"), scored);
    }

    [TestMethod]
    public void Of_values()
    {
        var view = Noisy.View(_ml, Noisy.Rows(100));
        var recipe = Toy.Quick with { Loss = new PinballLoss { Levels = [0.1, 0.9] } };
        Holds(_ml.Regression.Conformal(null, "Value"), _ml.Regression.Trainers.Network(Toy.Quick, labelColumnName: "Value").Fit(view).Transform(view));
        Holds(_ml.Regression.Conformal(null, "Value"), _ml.Regression.Trainers.Network(recipe, labelColumnName: "Value").Fit(view).Transform(view));
    }

    [TestMethod]
    public void Columns_that_do_not_fit_are_named_before_there_is_data()
    {
        var shape = Interop.Shape(Noisy.View(_ml, Noisy.Rows(10)).Schema);
        Toy.Throws<ArgumentException>("Column 'Score' was not found; the data has 'Class', 'Flag', 'Value', 'Features', 'Logits', 'Margin', 'Weight', 'Person', 'Number'.",
            () => _ml.BinaryClassification.TuneThreshold(1, "Flag").GetOutputSchema(shape));
        Toy.Throws<ArgumentException>("Column 'Class' must be Boolean for binary classification, but is String.", () => _ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Class", "Margin").GetOutputSchema(shape));
        Toy.Throws<ArgumentException>("Column 'Flag' must be a key for multiclass classification (use MapValueToKey), but is Boolean.", () => _ml.MulticlassClassification.Conformal(null, "Flag", "Logits").GetOutputSchema(shape));
        Toy.Throws<ArgumentException>("Column 'Class' must be Single for regression, but is String.", () => _ml.Regression.Conformal(null, "Class", "Margin").GetOutputSchema(shape));
    }
}
