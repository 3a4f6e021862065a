using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Calibration of models that are fitted already, ML.NET's own and ours.</summary>
[TestClass]
public sealed class CalibrationTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    private IDataView Scored(IEnumerable<Noisy.Row> rows, params string[] order)
    {
        var view = Noisy.Keyed(_ml, rows, order.Length == 0 ? Noisy.Classes : order);
        return _ml.Transforms.CopyColumns("Score", nameof(Noisy.Row.Logits)).Fit(view).Transform(view);
    }

    private static string[] Names(DataViewSchema.Column column, string annotation)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        column.Annotations.GetValue(annotation, ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static float[][] Scores(IDataView view) => [.. view.GetColumn<float[]>("Score")];

    private static int Top(float[] scores) => Array.IndexOf(scores, scores.Max());

    [TestMethod]
    public void Temperature_finds_how_much_too_sure_logits_are()
    {
        var fitted = _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(Scored(Noisy.Rows(4000)));
        var logits = Scores(Scored(Noisy.Rows(200, 9)));
        var calibrated = Scores(fitted.Transform(Scored(Noisy.Rows(200, 9))));
        for (var row = 0; row < logits.Length; row++)
        {
            Assert.AreEqual(Top(logits[row]), Top(calibrated[row]));
            Assert.AreEqual(1, calibrated[row].Sum(), 1e-5);
            // ln p_0 - ln p_1 = (z_0 - z_1) / T with T = 3
            Assert.AreEqual(3, (logits[row][0] - logits[row][1]) / Math.Log(calibrated[row][0] / calibrated[row][1]), 0.2);
        }

        Assert.AreEqual(ScoreKind.Logits, fitted.Kind);
        Assert.AreEqual("Score", fitted.ScoreColumnName);
        Assert.AreEqual(new TemperatureScaling(), fitted.Calibrator.Calibration);
    }

    [TestMethod]
    public void A_linear_model_of_ML_NET_and_a_network_keep_names_and_accuracy()
    {
        var train = Noisy.Keyed(_ml, Noisy.Rows(600, 1), "blue", "red", "green");
        var test = Noisy.Keyed(_ml, Noisy.Rows(600, 2), "blue", "red", "green");
        ITransformer[] models = [_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(train), _ml.MulticlassClassification.Trainers.Network(Toy.Quick).Fit(train)];
        foreach (var model in models)
        {
            var scored = model.Transform(test);
            var fitted = _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(scored);
            var calibrated = fitted.Transform(scored);

            Assert.AreEqual(ScoreKind.Probabilities, fitted.Kind);
            CollectionAssert.AreEqual(scored.GetColumn<uint>("PredictedLabel").ToArray(), calibrated.GetColumn<uint>("PredictedLabel").ToArray());
            string[] names = ["blue", "red", "green"];
            CollectionAssert.AreEqual(names, Names(calibrated.Schema["Score"], "SlotNames"));
            CollectionAssert.AreEqual(names, Names(calibrated.Schema["Score"], "TrainingLabelValues"));
            CollectionAssert.AreEqual(names, Names(calibrated.Schema["PredictedLabel"], "KeyValues"));
            var (before, after) = (_ml.MulticlassClassification.Evaluate(scored), _ml.MulticlassClassification.Evaluate(calibrated));
            Assert.AreEqual(before.MicroAccuracy, after.MicroAccuracy);
            Assert.IsTrue(after.LogLoss <= before.LogLoss + 1e-6);
        }
    }

    [TestMethod]
    public void A_label_whose_keys_are_in_another_order_calibrates_the_right_classes()
    {
        var train = Noisy.Keyed(_ml, Noisy.Rows(600, 1), "blue", "red", "green");
        var model = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(train);
        var test = Noisy.Rows(400, 2);
        var expected = Fit("blue", "red", "green");
        var actual = Fit("green", "blue", "red");
        foreach (var (e, a) in expected.Zip(actual))
            CollectionAssert.AreEqual(e, a);

        float[][] Fit(params string[] order)
        {
            var scored = model.Transform(Noisy.Keyed(_ml, test, order));
            return Scores(_ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(scored).Transform(scored));
        }
    }

    [TestMethod]
    public void Held_out_rows_need_not_have_every_class()
    {
        var model = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Noisy.Keyed(_ml, Noisy.Rows(600, 1)));
        foreach (var classes in new[] { new[] { "red", "blue" }, ["green"] })
        {
            var scored = model.Transform(Noisy.Keyed(_ml, Noisy.Rows(300, 2).Where(row => classes.Contains(row.Class))));
            var calibrated = _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(scored).Transform(scored);
            Assert.IsTrue(Scores(calibrated).All(scores => scores.Length == 3 && scores.All(float.IsFinite)));
        }
    }

    [TestMethod]
    public void A_class_that_the_model_does_not_know_is_refused()
    {
        var model = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Noisy.Keyed(_ml, Noisy.Rows(300, 1), "red", "green", "blue"));
        var rows = Noisy.Rows(50, 2);
        rows[7].Class = "pink";
        Toy.Throws<ArgumentException>(
            "The model must know the classes of column 'Label', but does not know pink; it knows red, green, blue.",
            () => _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(model.Transform(Noisy.Keyed(_ml, rows))));
    }

    [TestMethod]
    public void Scores_of_two_classes_become_a_logit_a_probability_and_a_label()
    {
        var rows = Noisy.Rows(4000);
        var view = Noisy.View(_ml, rows);
        var fitted = _ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag", nameof(Noisy.Row.Margin)).Fit(view);
        Assert.AreEqual(ScoreKind.Logits, fitted.Kind);
        var calibrated = fitted.Transform(view);
        var (scores, probabilities, labels) = (calibrated.GetColumn<float>("Score").ToArray(), calibrated.GetColumn<float>("Probability").ToArray(), calibrated.GetColumn<bool>("PredictedLabel").ToArray());
        for (var row = 0; row < rows.Count; row++)
        {
            if (Math.Abs(rows[row].Margin) > 0.1)
                Assert.AreEqual(3, rows[row].Margin / scores[row], 0.3);
            Assert.AreEqual(1 / (1 + Math.Exp(-scores[row])), probabilities[row], 1e-6);
            Assert.AreEqual(rows[row].Margin > 0, labels[row]);
            Assert.AreEqual(probabilities[row] > 0.5f, labels[row]);
        }

        var metrics = _ml.BinaryClassification.Evaluate(calibrated, "Flag");
        Assert.IsTrue(metrics.LogLoss < 0.9); // in bits
    }

    [TestMethod]
    public void Of_a_binary_model_the_probability_is_read()
    {
        var log = Toy.Log(_ml);
        var view = Noisy.View(_ml, Noisy.Rows(500));
        var model = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(view);
        var fitted = _ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag").Fit(model.Transform(view));
        Assert.AreEqual("Probability", fitted.ScoreColumnName);
        Assert.AreEqual(ScoreKind.Probabilities, fitted.Kind);
        CollectionAssert.Contains(log, "Info: Column 'Probability' is read as probabilities.");

        // raw margins: ML.NET's trainers without a calibrator have no probability
        var raw = _ml.Transforms.DropColumns("Probability").Fit(model.Transform(view)).Transform(model.Transform(view));
        var fromScore = _ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag").Fit(raw);
        Assert.AreEqual("Score", fromScore.ScoreColumnName);
        Assert.AreEqual(ScoreKind.Logits, fromScore.Kind);
        foreach (var (a, b) in fitted.Transform(model.Transform(view)).GetColumn<float>("Score").Zip(fromScore.Transform(raw).GetColumn<float>("Score")))
            Assert.AreEqual(a, b, 1e-3);
    }

    [TestMethod]
    public void Certain_rows_stay_within_thirty_logits()
    {
        var rows = Noisy.Rows(100);
        foreach (var row in rows)
            row.Margin = row.Flag ? 1 : 0;
        var view = Noisy.View(_ml, rows);
        var calibrated = _ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag", nameof(Noisy.Row.Margin)).Fit(view).Transform(view);
        foreach (var (score, flag) in calibrated.GetColumn<float>("Score").Zip(rows.Select(row => row.Flag)))
            Assert.AreEqual(flag ? 30f : -30f, score);
    }

    [TestMethod]
    public void A_row_with_NaN_stays_NaN_and_calibrates_nothing()
    {
        var fitted = _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(Scored(Noisy.Rows(200)));
        var rows = Noisy.Rows(3);
        rows[1].Logits = [0, float.NaN, 1];
        var calibrated = fitted.Transform(Scored(rows));
        Assert.IsTrue(Scores(calibrated)[1].All(float.IsNaN));
        Assert.AreEqual(0u, calibrated.GetColumn<uint>("PredictedLabel").ElementAt(1));
        Assert.IsTrue(Scores(calibrated)[2].All(float.IsFinite));
        Toy.Throws<ArgumentException>(
            "Column 'Score' must hold numbers, but 1 row has NaN or plus infinity, the first is row 1 (counted from 0).",
            () => _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(Scored(rows)));

        rows[1].Margin = float.NaN;
        var binary = _ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag", "Margin").Fit(Noisy.View(_ml, Noisy.Rows(200))).Transform(Noisy.View(_ml, rows));
        Assert.IsTrue(float.IsNaN(binary.GetColumn<float>("Score").ElementAt(1)) && float.IsNaN(binary.GetColumn<float>("Probability").ElementAt(1)));
        Assert.IsFalse(binary.GetColumn<bool>("PredictedLabel").ElementAt(1));
    }

    [TestMethod]
    public void A_weight_of_two_is_the_row_twice()
    {
        var rows = Noisy.Rows(300);
        for (var i = 0; i < rows.Count; i += 3)
            rows[i].Weight = 2;
        var weighted = _ml.MulticlassClassification.Calibrate(new TemperatureScaling(), exampleWeightColumnName: "Weight").Fit(Scored(rows));
        var twice = _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(Scored(rows.SelectMany(row => Enumerable.Repeat(row, (int)row.Weight))));
        var view = Scored(rows);
        foreach (var (a, b) in Scores(weighted.Transform(view)).Zip(Scores(twice.Transform(view))))
            for (var k = 0; k < 3; k++)
                Assert.AreEqual(a[k], b[k], 1e-6);
    }

    [TestMethod]
    public void Rows_without_a_label_are_left_out_and_counted()
    {
        var log = Toy.Log(_ml);
        var rows = Noisy.Rows(100);
        var known = Noisy.Rows(100);
        rows[4].Class = rows[60].Class = "unheard of";
        var keys = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(Noisy.View(_ml, known));
        var view = _ml.Transforms.CopyColumns("Score", "Logits").Fit(keys.Transform(Noisy.View(_ml, rows))).Transform(keys.Transform(Noisy.View(_ml, rows)));
        _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(view);
        CollectionAssert.Contains(log, "Warning: The data has 2 of 100 rows without a label in column 'Label'; they are left out.");
        CollectionAssert.Contains(log, "Warning: The classes of column 'Score' have no names; they are taken in the order of those of column 'Label'.");
        CollectionAssert.Contains(log, "Info: Column 'Score' is read as logits.");
    }

    [TestMethod]
    public void What_is_said_to_be_probabilities_is_checked() =>
        Toy.Throws<ArgumentException>(
            "Column 'Score' must hold probabilities (non-negative, sum 1 within 0.001), but row 0 (counted from 0) does not.",
            () => _ml.MulticlassClassification.Calibrate(new TemperatureScaling(), kind: ScoreKind.Probabilities).Fit(Scored(Noisy.Rows(10))));

    [TestMethod]
    public void Columns_that_do_not_fit_are_named()
    {
        var view = Scored(Noisy.Rows(10));
        Toy.Throws<ArgumentException>(
            "Column 'Scores' was not found; the data has 'Class', 'Flag', 'Value', 'Features', 'Logits', 'Margin', 'Weight', 'Person', 'Number', 'Label', 'Score'.",
            () => _ml.MulticlassClassification.Calibrate(new TemperatureScaling(), scoreColumnName: "Scores").Fit(view));
        Toy.Throws<ArgumentException>(
            "Column 'Class' must be a key for multiclass classification (use MapValueToKey), but is String.",
            () => _ml.MulticlassClassification.Calibrate(new TemperatureScaling(), "Class").Fit(view));
        Toy.Throws<ArgumentException>(
            "Column 'Margin' must be a vector of Single with a value a class, but is Single.",
            () => _ml.MulticlassClassification.Calibrate(new TemperatureScaling(), scoreColumnName: "Margin").Fit(view));
        Toy.Throws<ArgumentException>(
            "Column 'Label' must be Boolean for binary classification, but is Key<UInt32, 0-2>.",
            () => _ml.BinaryClassification.Calibrate(new TemperatureScaling(), scoreColumnName: "Margin").Fit(view));
        Toy.Throws<ArgumentException>("The data must have rows, but has none.", () => _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(_ml.Data.FilterRowsByColumn(view, "Margin", 1e9)));
        var model = _ml.Regression.Trainers.LbfgsPoissonRegression("Weight").Fit(Noisy.View(_ml, Noisy.Rows(50)));
        Toy.Throws<ArgumentException>(
            "Column 'Score' must hold the scores of a BinaryClassification model, but is of kind Regression.",
            () => _ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag").Fit(model.Transform(Noisy.View(_ml, Noisy.Rows(50)))));
        Assert.AreEqual("calibration must be given, but is null.", Assert.ThrowsExactly<ArgumentException>(() => _ml.BinaryClassification.Calibrate(null!)).Message);
    }

    [TestMethod]
    public void Other_classes_than_those_that_were_calibrated_are_refused()
    {
        var fitted = _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(
            _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Noisy.Keyed(_ml, Noisy.Rows(100), "red", "green", "blue")).Transform(Noisy.Keyed(_ml, Noisy.Rows(100))));
        var other = Noisy.Keyed(_ml, Noisy.Rows(100), "blue", "green", "red");
        Toy.Throws<ArgumentException>(
            "Column 'Score' must have the classes that were there when the calibration was fitted (red, green, blue), but has blue, green, red.",
            () => fitted.Transform(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(other).Transform(other)));
        var two = Noisy.Keyed(_ml, Noisy.Rows(100).Where(row => row.Class != "red"));
        Toy.Throws<ArgumentException>(
            "Column 'Score' must have a score for each of the 3 classes that were there when the calibration was fitted, but has 2.",
            () => fitted.Transform(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(two).Transform(two)));
    }

    [TestMethod]
    public void Words_come_out_of_a_chain_that_maps_the_predicted_key_back()
    {
        var rows = Noisy.Rows(200);
        var view = Noisy.View(_ml, rows);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Append(_ml.MulticlassClassification.Calibrate(new TemperatureScaling()))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var words = pipeline.Fit(view).Transform(view).GetColumn<string>("PredictedLabel").Distinct().Order().ToArray();
        CollectionAssert.IsSubsetOf(words, Noisy.Classes);
        Assert.AreEqual(1, pipeline.GetOutputSchema(Interop.Shape(view.Schema)).Count(column => column.Name == "PredictedLabel"));
    }

    [TestMethod]
    public void It_cross_validates_in_a_chain()
    {
        var view = Noisy.View(_ml, Noisy.Rows(300));
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(_ml.MulticlassClassification.Calibrate(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(), new TemperatureScaling(), folds: 3));
        foreach (var result in _ml.MulticlassClassification.CrossValidate(view, pipeline, 3))
            Assert.IsTrue(result.Metrics.LogLoss < Math.Log(3));
    }

    [TestMethod]
    public void The_features_of_the_model_before_it_can_be_permuted()
    {
        var view = Noisy.View(_ml, Noisy.Rows(300));
        var features = _ml.Transforms.Concatenate("Inputs", "Value", "Margin").Fit(view).Transform(view);
        var chain = _ml.BinaryClassification.Calibrate(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag", "Inputs"), new TemperatureScaling(), labelColumnName: "Flag").Fit(features);
        var importance = _ml.BinaryClassification.PermutationFeatureImportanceNonCalibrated(chain, chain.Transform(features), "Flag");
        Assert.AreEqual(2, importance.Count);
    }

    private sealed class Input
    {
        [VectorType(Noisy.Features)]
        public float[] Features { get; set; } = [];

        public string Class { get; set; } = "";

        public bool Flag { get; set; }
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }

    [TestMethod]
    public void Single_rows_blocks_and_a_loaded_model_score_alike()
    {
        var rows = Noisy.Rows(200);
        var view = Noisy.View(_ml, rows);
        var model = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.Network(Toy.Quick))
            .Append(_ml.MulticlassClassification.Calibrate(new TemperatureScaling())).Fit(view);
        using var stream = new MemoryStream();
        _ml.Model.Save(model, view.Schema, stream);
        var loaded = new MLContext().Model.Load(stream, out _);
        var last = Assert.IsInstanceOfType<MulticlassCalibrationTransformer>(((IEnumerable<ITransformer>)loaded).Last());
        Assert.AreEqual(ScoreKind.Probabilities, last.Kind);
        Assert.AreEqual(new TemperatureScaling(), last.Calibrator.Calibration);

        var (blocks, again) = (Scores(model.Transform(view)), Scores(loaded.Transform(view)));
        CollectionAssert.AreEqual(Names(model.Transform(view).Schema["PredictedLabel"], "KeyValues"), Names(loaded.Transform(view).Schema["PredictedLabel"], "KeyValues"));
        var keys = model.Transform(view).GetColumn<uint>("PredictedLabel").ToArray();
        var engine = _ml.Model.CreatePredictionEngine<Input, Prediction>(loaded);
        for (var row = 0; row < 20; row++)
        {
            CollectionAssert.AreEqual(blocks[row], again[row]);
            var single = engine.Predict(new Input { Features = rows[row].Features });
            Assert.AreEqual(keys[row], single.PredictedLabel);
            for (var k = 0; k < 3; k++)
                Assert.AreEqual(blocks[row][k], single.Score[k], 1e-5);
        }
    }

    [TestMethod]
    public void A_binary_calibration_comes_back()
    {
        var view = Noisy.View(_ml, Noisy.Rows(200));
        var model = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Append(_ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag")).Fit(view);
        using var stream = new MemoryStream();
        _ml.Model.Save(model, view.Schema, stream);
        var loaded = new MLContext().Model.Load(stream, out _);
        CollectionAssert.AreEqual(model.Transform(view).GetColumn<float>("Probability").ToArray(), loaded.Transform(view).GetColumn<float>("Probability").ToArray());
    }

    public static IEnumerable<object[]> EveryCalibration => Methods.All.Where(method => method.Type.IsSubclassOf(typeof(Calibration))).Select(method => new object[]
    {
        method.Type == typeof(CorrectnessAwareScaling) ? new CorrectnessAwareScaling { Copies = 0, Epochs = 10 } : Activator.CreateInstance(method.Type)!,
    });

    [TestMethod, DynamicData(nameof(EveryCalibration))]
    public void Every_calibration_serves_both_tasks_and_comes_back(Calibration calibration)
    {
        var (scored, test) = (Scored(Noisy.Rows(600)), Scored(Noisy.Rows(200, 5)));
        var several = _ml.MulticlassClassification.Calibrate(calibration).Fit(scored);
        var calibrated = Scores(several.Transform(test));
        foreach (var (logits, probabilities) in Scores(test).Zip(calibrated))
        {
            Assert.AreEqual(1, probabilities.Sum(), 1e-5);
            if (calibration.KeepsArgMax)
                Assert.AreEqual(Top(logits), Top(probabilities));
        }

        Assert.IsTrue(
            _ml.MulticlassClassification.EvaluateCalibration(several.Transform(test), bootstrap: 0).LogLoss.Value < _ml.MulticlassClassification.EvaluateCalibration(test, bootstrap: 0).LogLoss.Value);
        using var stream = new MemoryStream();
        _ml.Model.Save(several, test.Schema, stream);
        var loaded = new MLContext().Model.Load(stream, out _);
        foreach (var (a, b) in calibrated.Zip(Scores(loaded.Transform(test))))
            CollectionAssert.AreEqual(a, b);

        var two = _ml.BinaryClassification.Calibrate(calibration, "Flag", "Margin").Fit(scored).Transform(test);
        var (margins, logit, probability, said) = (test.GetColumn<float>("Margin").ToArray(), two.GetColumn<float>("Score").ToArray(), two.GetColumn<float>("Probability").ToArray(), two.GetColumn<bool>("PredictedLabel").ToArray());
        for (var row = 0; row < margins.Length; row++)
        {
            Assert.AreEqual(probability[row] > 0.5f, said[row]);
            Assert.IsTrue(Math.Abs(logit[row]) <= 30);
            if (calibration.KeepsArgMax)
                Assert.AreEqual(margins[row] > 0, said[row]);
        }
    }

    [TestMethod]
    public void Several_threads_read_at_once()
    {
        var scored = Scored(Noisy.Rows(2000));
        var fitted = _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(scored);
        var view = fitted.Transform(scored);
        var expected = Scores(view);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 2 }, _ =>
        {
            foreach (var (a, b) in expected.Zip(view.GetColumn<float[]>("Score")))
                CollectionAssert.AreEqual(a, b);
        });
    }

    [TestMethod]
    public void Only_what_is_asked_for_is_read()
    {
        var scored = Scored(Noisy.Rows(10));
        var view = _ml.MulticlassClassification.Calibrate(new TemperatureScaling()).Fit(scored).Transform(scored);
        using var cursor = view.GetRowCursor([view.Schema["Number"]]);
        Assert.IsTrue(cursor.MoveNext());
        Assert.IsFalse(cursor.IsColumnActive(view.Schema["Score"]));
        Assert.AreEqual("Column 'Score' must be active to be read, but is not.",
            Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<VBuffer<float>>(view.Schema["Score"])).Message);
    }

    [TestMethod]
    public void A_cancelled_context_ends_it()
    {
        Interop.Cancel(_ml);
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.BinaryClassification.Calibrate(new TemperatureScaling(), "Flag", "Margin").Fit(Noisy.View(_ml, Noisy.Rows(10))));
    }
}
