using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Calibration of whole pipelines, by models that have not seen the rows.</summary>
[TestClass]
public sealed class CrossFittedTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Notes which rows its inner estimator is fitted on, and which rows each fit then scores.</summary>
    private sealed class Spy(IEstimator<ITransformer> inner) : IEstimator<ITransformer>
    {
        public List<(int[] Seen, List<int> Scored)> Fits { get; } = [];

        public ITransformer Fit(IDataView input)
        {
            var scored = new List<int>();
            Fits.Add(([.. input.GetColumn<int>("Number")], scored));
            return new Watched(inner.Fit(input), scored);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inner.GetOutputSchema(inputSchema);
    }

    private sealed class Watched(ITransformer inner, List<int> scored) : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IDataView Transform(IDataView input)
        {
            scored.AddRange(input.GetColumn<int>("Number"));
            return inner.Transform(input);
        }

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException();
    }

    private EstimatorChain<ITransformer> Linear => new EstimatorChain<ITransformer>()
        .Append(_ml.Transforms.Conversion.MapValueToKey("Label", "Class")).Append((IEstimator<ITransformer>)_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());

    [TestMethod]
    public void No_row_calibrates_a_model_that_has_seen_it()
    {
        var spy = new Spy(Linear);
        var view = Noisy.View(_ml, Noisy.Rows(103));
        _ml.MulticlassClassification.Calibrate(spy, new TemperatureScaling(), folds: 4).Fit(view);

        Assert.AreEqual(5, spy.Fits.Count);
        foreach (var (seen, scored) in spy.Fits.Take(4))
        {
            Assert.AreEqual(0, seen.Intersect(scored).Count());
            Assert.AreEqual(103, seen.Length + scored.Count);
            Assert.IsTrue(scored.Count is 25 or 26);
        }

        CollectionAssert.AreEquivalent(Enumerable.Range(0, 103).ToArray(), spy.Fits.Take(4).SelectMany(fit => fit.Scored).ToArray());
        Assert.AreEqual(103, spy.Fits[4].Seen.Length);
        Assert.AreEqual(0, spy.Fits[4].Scored.Count);
    }

    [TestMethod]
    public void It_is_the_calibration_of_the_pooled_scores()
    {
        var view = Noisy.View(_ml, Noisy.Rows(200));
        var spy = new Spy(Linear);
        var chain = _ml.MulticlassClassification.Calibrate(spy, new TemperatureScaling(), folds: 3).Fit(view);

        // by hand: each fold's model again, its scores side by side, one temperature for all
        var rows = Noisy.Rows(200);
        var pool = new List<Noisy.Row>();
        foreach (var (seen, scored) in spy.Fits.Take(3))
        {
            var (model, leftOut) = (Linear.Fit(Noisy.View(_ml, seen.Select(i => rows[i]))), scored.Select(i => rows[i]).ToList());
            var transformed = model.Transform(Noisy.View(_ml, leftOut));
            var names = default(VBuffer<ReadOnlyMemory<char>>);
            transformed.Schema["Score"].GetSlotNames(ref names);
            var order = names.DenseValues().Select(name => name.ToString()).ToList();
            foreach (var (row, score) in leftOut.Zip(transformed.GetColumn<float[]>("Score")))
                row.Logits = [.. Noisy.Classes.Select(name => MathF.Log(score[order.IndexOf(name)]))];
            pool.AddRange(leftOut);
        }

        var keyed = Noisy.Keyed(_ml, pool, Noisy.Classes);
        var expected = _ml.MulticlassClassification.Calibrate(new TemperatureScaling(), scoreColumnName: "Logits").Fit(keyed);
        var probe = tensor(new double[,] { { 2, 1, -1 } });
        var (e, a) = (expected.Calibrator.Apply(probe), chain.LastTransformer.Calibrator.Apply(probe));
        for (var k = 0; k < 3; k++)
            Assert.AreEqual(e[0, k].ToDouble(), a[0, k].ToDouble(), 1e-6);
    }

    [TestMethod]
    public void Folds_that_number_the_classes_differently_are_matched_by_their_values()
    {
        // keys in the order in which classes come, which differs from fold to fold
        var rows = Noisy.Rows(120).OrderBy(row => (row.Number * 7919L) % 120).ToList();
        var byValue = new Spy(Linear);
        var byOccurrence = _ml.MulticlassClassification.Calibrate(byValue, new TemperatureScaling(), folds: 10).Fit(Noisy.View(_ml, rows));
        var ordered = new EstimatorChain<ITransformer>()
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label", "Class", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue))
            .Append((IEstimator<ITransformer>)_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        var same = _ml.MulticlassClassification.Calibrate(ordered, new TemperatureScaling(), folds: 10).Fit(Noisy.View(_ml, rows));

        Assert.IsTrue(byValue.Fits.Take(10).Select(fit => string.Join(' ', fit.Seen.Select(i => rows.Find(row => row.Number == i)!.Class).Distinct())).Distinct().Count() > 1, "The folds number the classes alike.");
        var probe = tensor(new double[,] { { 2, 1, -1 } });
        var (a, b) = (byOccurrence.LastTransformer.Calibrator.Apply(probe), same.LastTransformer.Calibrator.Apply(probe));
        for (var k = 0; k < 3; k++)
            Assert.AreEqual(a[0, k].ToDouble(), b[0, k].ToDouble(), 1e-3);
    }

    [TestMethod]
    public void A_class_that_a_fold_lacks_does_no_harm()
    {
        var log = Toy.Log(_ml);
        var rows = Noisy.Rows(80);
        rows[11].Class = "pink"; // one row: the fold that leaves it out has no pink
        var chain = _ml.MulticlassClassification.Calibrate(Linear, new TemperatureScaling(), folds: 4).Fit(Noisy.View(_ml, rows));
        CollectionAssert.Contains(log, "Warning: The data has 1 of 20 rows without a label in column 'Label'; they are left out."); // that fold's keys have no pink
        var scores = chain.Transform(Noisy.View(_ml, rows)).GetColumn<float[]>("Score").ToArray();
        Assert.IsTrue(scores.All(row => row.Length == 4 && Math.Abs(row.Sum() - 1) < 1e-5));
        Assert.IsTrue(scores.Select(row => row.Max()).Average() > 0.4, "One row has made the rest unsure.");
    }

    [TestMethod]
    public void Classes_are_dealt_evenly_and_groups_stay_whole()
    {
        var rows = Noisy.Rows(60);
        for (var i = 0; i < 60; i++)
            rows[i].Flag = i < 6;
        var spy = new Spy(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag"));
        _ml.BinaryClassification.Calibrate(spy, new TemperatureScaling(), folds: 3, labelColumnName: "Flag").Fit(Noisy.View(_ml, rows));
        foreach (var (_, scored) in spy.Fits.Take(3))
            Assert.AreEqual(2, scored.Count(i => i < 6));

        spy = new Spy(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag"));
        _ml.BinaryClassification.Calibrate(spy, new TemperatureScaling(), folds: 3, labelColumnName: "Flag", samplingKeyColumnName: "Person").Fit(Noisy.View(_ml, rows));
        foreach (var (seen, scored) in spy.Fits.Take(3))
        {
            Assert.AreEqual(0, seen.Select(i => i / 4).Intersect(scored.Select(i => i / 4)).Count());
            Assert.AreEqual(20, scored.Count);
        }
    }

    [TestMethod]
    public void A_fold_whose_rows_weigh_nothing_does_no_harm()
    {
        var rows = Noisy.Rows(40);
        for (var i = 0; i < 40; i++)
            rows[i].Weight = rows[i].Person == 3 ? 1 : 0; // one group, in one fold
        var trainer = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag");
        var chain = _ml.BinaryClassification.Calibrate(trainer, new TemperatureScaling(), folds: 2, labelColumnName: "Flag", exampleWeightColumnName: "Weight", samplingKeyColumnName: "Person").Fit(Noisy.View(_ml, rows));
        Assert.IsTrue(chain.Transform(Noisy.View(_ml, rows)).GetColumn<float>("Probability").All(p => p is >= 0 and <= 1));
    }

    [TestMethod]
    public void The_seed_decides_who_goes_where()
    {
        Assert.AreEqual(Deal(null), Deal(null));
        Assert.AreEqual(Deal(5), Deal(5));
        Assert.AreNotEqual(Deal(5), Deal(6));

        string Deal(int? seed)
        {
            var spy = new Spy(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag"));
            new MLContext(seed: 1).BinaryClassification.Calibrate(spy, new TemperatureScaling(), labelColumnName: "Flag", seed: seed).Fit(Noisy.View(_ml, Noisy.Rows(50)));
            return string.Join(';', spy.Fits.Select(fit => string.Join(',', fit.Scored)));
        }
    }

    [TestMethod]
    public void Too_few_folds_rows_and_groups_are_refused()
    {
        var trainer = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag");
        Assert.AreEqual("folds must lie in [2, 255], but is 1.", Assert.ThrowsExactly<ArgumentException>(() => _ml.BinaryClassification.Calibrate(trainer, new TemperatureScaling(), folds: 1)).Message);
        Toy.Throws<ArgumentException>("The data must have at least 5 rows, one a fold, but has 3.",
            () => _ml.BinaryClassification.Calibrate(trainer, new TemperatureScaling(), labelColumnName: "Flag").Fit(Noisy.View(_ml, Noisy.Rows(3))));
        Toy.Throws<ArgumentException>("Column 'Person' must have at least 5 values, one a fold, but has 3.",
            () => _ml.BinaryClassification.Calibrate(trainer, new TemperatureScaling(), labelColumnName: "Flag", samplingKeyColumnName: "Person").Fit(Noisy.View(_ml, Noisy.Rows(12))));
        Toy.Throws<ArgumentException>("Column 'Flag' must be a key, a text or an integer to group rows, but is Boolean.",
            () => _ml.BinaryClassification.Calibrate(trainer, new TemperatureScaling(), labelColumnName: "Flag", samplingKeyColumnName: "Flag").Fit(Noisy.View(_ml, Noisy.Rows(12))));
    }

    [TestMethod]
    public void The_chain_is_flat_and_comes_back_from_a_file()
    {
        var view = Noisy.View(_ml, Noisy.Rows(100));
        var pipeline = _ml.MulticlassClassification.Calibrate(Linear, new TemperatureScaling(), folds: 2);
        Assert.IsTrue(pipeline.GetOutputSchema(Interop.Shape(view.Schema)).Any(column => column.Name == "PredictedLabel"));
        var chain = pipeline.Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(view);
        using var stream = new MemoryStream();
        _ml.Model.Save(chain, view.Schema, stream);
        var loaded = new MLContext().Model.Load(stream, out _);
        CollectionAssert.AreEqual(chain.Transform(view).GetColumn<string>("PredictedLabel").ToArray(), loaded.Transform(view).GetColumn<string>("PredictedLabel").ToArray());
        Assert.AreEqual(3, pipeline.Fit(view).Count());
    }
}
