using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>What users see of losses that serve more, or less, than a plain one.</summary>
[TestClass]
public sealed class LossTrainerTests
{
    private sealed class Quantiles
    {
        public float Score { get; set; }

        [ColumnName("Quantiles")]
        public float[] Levels { get; set; } = [];
    }

    private sealed class Spread
    {
        public float Score { get; set; }

        public float StandardDeviation { get; set; }
    }

    private static IDataView Valued(MLContext ml, int rows = 200)
    {
        var view = Toy.View(ml, Toy.Rows(rows));
        return ml.Transforms.CopyColumns("Label", nameof(Toy.Row.Value)).Fit(view).Transform(view);
    }

    private static ITransformer Reloaded(MLContext ml, ITransformer model, IDataView rows)
    {
        using var file = new MemoryStream();
        ml.Model.Save(model, rows.Schema, file);
        file.Position = 0;
        return new MLContext().Model.Load(file, out _);
    }

    [TestMethod]
    public void Quantiles_come_as_a_named_rising_vector_beside_a_score_that_evaluates()
    {
        var ml = new MLContext(1);
        var rows = Valued(ml);
        var trainer = ml.Regression.Trainers.Network(new Recipe { Epochs = 15, Loss = new PinballLoss { Levels = [0.1, 0.5, 0.9] } });
        var model = trainer.Fit(rows);
        var shape = trainer.GetOutputSchema(Interop.Shape(rows.Schema));
        Assert.IsTrue(shape.Any(column => column.Name == "Quantiles" && column.Kind == SchemaShape.Column.VectorKind.Vector));

        var scored = Reloaded(ml, model, rows).Transform(rows);
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        scored.Schema["Quantiles"].GetSlotNames(ref names);
        CollectionAssert.AreEqual(new[] { "0.1", "0.5", "0.9" }, names.DenseValues().Select(name => name.ToString()).ToArray());
        foreach (var row in ml.Data.CreateEnumerable<Quantiles>(scored, false, true))
        {
            Assert.IsTrue(row.Levels[0] <= row.Levels[1] && row.Levels[1] <= row.Levels[2]);
            Assert.AreEqual(row.Levels[1], row.Score);
        }

        Assert.IsTrue(ml.Regression.Evaluate(scored).RSquared > 0.5);
        using var engine = ml.Model.CreatePredictionEngine<Toy.Row, Quantiles>(model);
        var one = engine.Predict(Toy.Rows(200)[0]);
        var first = ml.Data.CreateEnumerable<Quantiles>(scored, false, true).First();
        for (var i = 0; i < 3; i++)
            Assert.AreEqual(first.Levels[i], one.Levels[i], 1e-4 * (1 + Math.Abs(one.Levels[i])));
    }

    [TestMethod]
    public void A_predicted_deviation_is_a_column_in_the_labels_unit()
    {
        var ml = new MLContext(1);
        var rows = Valued(ml);
        var model = ml.Regression.Trainers.Network(new Recipe { Epochs = 15, Loss = new GaussianLoss() }).Fit(rows);
        var spreads = ml.Data.CreateEnumerable<Spread>(Reloaded(ml, model, rows).Transform(rows), false, true).ToArray();
        Assert.IsTrue(spreads.All(row => row.StandardDeviation is > 0 and < 10));
    }

    [TestMethod]
    public void Scores_of_counts_are_positive_and_in_the_labels_unit()
    {
        var ml = new MLContext(1);
        var view = Toy.View(ml, Toy.Rows(200).Select(row => { row.Value = 500 * row.Features[0]; return row; }));
        var rows = ml.Transforms.CopyColumns("Label", nameof(Toy.Row.Value)).Fit(view).Transform(view);
        var scored = ml.Regression.Trainers.Network(new Recipe { Epochs = 40, Loss = new PoissonLoss() }).Fit(rows).Transform(rows);
        Assert.IsTrue(scored.GetColumn<float>("Score").All(score => score > 0));
        Assert.IsTrue(ml.Regression.Evaluate(scored).RSquared > 0.8);
        Toy.Throws<ArgumentException>("Labels must be at least 0 for the loss 'poisson', but 170 of 170 are below.", () =>
        {
            var below = Toy.View(ml, Toy.Rows(200).Select(row => { row.Value = -1 - row.Features[0]; return row; }));
            ml.Regression.Trainers.Network(new Recipe { Loss = new PoissonLoss() }, labelColumnName: nameof(Toy.Row.Value)).Fit(below);
        });
    }

    [TestMethod]
    public void A_loss_without_probabilities_is_calibrated_by_itself()
    {
        var ml = new MLContext(1);
        var view = Toy.View(ml, Toy.Rows(400));
        var rows = ml.Transforms.CopyColumns("Label", nameof(Toy.Row.Flag)).Fit(view).Transform(view);
        var model = ml.BinaryClassification.Trainers.Network(new Recipe { Epochs = 30, HoldOut = 0.3, Loss = new MannWhitneyLoss() }).Fit(rows);
        Assert.IsInstanceOfType<PlattScaling>(model.Fitted.Calibrator!.Calibration);
        var metrics = ml.BinaryClassification.Evaluate(Reloaded(ml, model, rows).Transform(rows));
        Assert.IsTrue(metrics.Accuracy > 0.95 && metrics.LogLoss < 0.3, $"{metrics.Accuracy} {metrics.LogLoss}");
    }

    [TestMethod]
    public void Bags_need_a_group_column()
    {
        var ml = new MLContext(1);
        var rows = Valued(ml);
        var recipe = new Recipe { Epochs = 5, Loss = new BagLoss() };
        ml.Regression.Trainers.Network(recipe, groupColumnName: nameof(Toy.Row.Number)).Fit(rows);
        var message = Assert.ThrowsExactly<ArgumentException>(() => ml.Regression.Trainers.Network(recipe).Fit(rows)).Message;
        StringAssert.Contains(message, "group");
    }

    [TestMethod]
    public void A_loss_of_another_task_is_refused_when_the_trainer_is_made()
    {
        var ml = new MLContext(1);
        Toy.Throws<ArgumentException>("Loss must serve the task Regression, but is 'dice', which serves Classification.", () => ml.Regression.Trainers.Network(new Recipe { Loss = new DiceLoss() }));
        Toy.Throws<ArgumentException>("Calibration must serve the task Regression, but is 'temperature', which serves Classification.",
            () => ml.Regression.Trainers.Network(new Recipe { Calibration = new TemperatureScaling() }));
    }


}
