using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.AutoML.CodeGen;
using Microsoft.ML.Data;
using Microsoft.ML.SearchSpace;

namespace Retort.Tests;

/// <summary>ML.NET's sweepable pipelines on a real table.</summary>
[TestClass]
public sealed class SweepTests
{
    private readonly MLContext _ml = new(seed: 1);

    public sealed class Options
    {
        [Range(0.01f, 100f, 1f, true)]
        public float L2 { get; set; } = 1;
    }

    /// <summary>A third of samples/data/digits.csv, its label as a key.</summary>
    private IDataView Digits()
    {
        var file = Repository.Path("samples", "data", "digits.csv");
        var label = File.ReadLines(file).First().Split(',').Length - 1;
        var rows = _ml.Data.LoadFromTextFile(file, [new TextLoader.Column("Pixels", DataKind.Single, 0, label - 1), new TextLoader.Column("Digit", DataKind.Single, label)], ',', hasHeader: true);
        return _ml.Data.Cache(_ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Fit(rows) is var keys ? keys.Transform(_ml.Data.TakeRows(rows, 600)) : rows);
    }

    private SweepableEstimator Own() => _ml.Auto().CreateSweepableEstimator((ml, options) =>
        ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: options.L2), new SearchSpace<Options>());

    private SweepablePipeline BuiltIn() => _ml.Auto().MultiClassification(useFastForest: false, useLgbm: false, useFastTree: false, useLbfgsLogisticRegression: false, useSdcaMaximumEntrophy: false, useSdcaLogisticRegression: false);

    private IEstimator<ITransformer> Scaled() => _ml.Transforms.NormalizeMinMax("Features", "Pixels");

    private AutoMLExperiment Experiment(SweepablePipeline pipeline, IMonitor witness) => _ml.Auto().CreateExperiment(new AutoMLExperiment.AutoMLExperimentSettings { Seed = 1 })
        .SetPipeline(pipeline)
        .SetDataset(_ml.Data.TrainTestSplit(Digits(), 0.25))
        .SetMulticlassClassificationMetric(MulticlassClassificationMetric.MicroAccuracy, "Label")
        .SetMonitor<IMonitor>(_ => witness);

    [TestMethod]
    [DataRow("random"), DataRow("grid"), DataRow("cost-frugal"), DataRow("eci")]
    public async Task Digits_are_learned_whatever_the_tuner(string tuner)
    {
        var pipeline = Scaled().Append(BuiltIn());
        var witness = new Witness();
        var experiment = Experiment(pipeline, witness);
        experiment = tuner switch { "random" => experiment.SetRandomSearchTuner(1), "grid" => experiment.SetGridSearchTuner(3), "cost-frugal" => experiment.SetCostFrugalTuner(), _ => experiment };
        var best = await experiment.SetMaxModelToExplore(4).RunAsync();

        Assert.AreEqual(4, witness.Completed.Count);
        Assert.AreEqual(-best.Metric, best.Loss);
        Assert.IsTrue(best.Metric > 0.85, $"{best.Metric}");
        Assert.IsTrue(best.DurationInMilliseconds > 0);
        Assert.AreEqual("Unknown=>LbfgsMaximumEntropyMulti", pipeline.ToString(best.TrialSettings.Parameter));
        var again = _ml.MulticlassClassification.Evaluate(best.Model.Transform(_ml.Data.TrainTestSplit(Digits(), 0.25).TestSet)).MicroAccuracy;
        Assert.AreEqual(best.Metric, again, 1e-9);
    }

    [TestMethod]
    public async Task A_trainer_of_ones_own_and_a_built_in_one_share_an_experiment()
    {
        SweepableEstimator[] trainers = [.. BuiltIn().Estimators.Values, Own()];
        var pipeline = Scaled().Append(trainers);
        var witness = new Witness();
        await Experiment(pipeline, witness).SetRandomSearchTuner(1).SetMaxModelToExplore(8).RunAsync();
        var seen = witness.Completed.Select(r => pipeline.ToString(r.TrialSettings.Parameter)).Distinct().Order().ToArray();
        CollectionAssert.AreEqual(new[] { "Unknown=>LbfgsMaximumEntropyMulti", "Unknown=>Unknown" }, seen);
        Assert.AreEqual(EstimatorType.Unknown, trainers[^1].EstimatorType);
    }

    [TestMethod]
    public void Every_trainer_that_is_asked_for_is_there_or_named()
    {
        try { Assert.IsTrue(_ml.Auto().MultiClassification().Estimators.Count > 4); }
        catch (NotSupportedException e) { StringAssert.Contains(e.Message, "pass useFastForest: false"); }
    }

    [TestMethod]
    public async Task Two_classes_and_values_are_swept_too()
    {
        var table = _ml.Data.Cache(_ml.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(i => new Row(i))));
        var split = _ml.Data.TrainTestSplit(table, 0.25);
        var binary = _ml.Auto().BinaryClassification("Truth", useFastForest: false, useLgbm: false, useFastTree: false, useSdcaLogisticRegression: false);
        var best = await _ml.Auto().CreateExperiment().SetPipeline(Plain().Append(binary)).SetDataset(split.TrainSet, split.TestSet)
            .SetBinaryClassificationMetric(BinaryClassificationMetric.AreaUnderRocCurve, "Truth").SetMaxModelToExplore(2).RunAsync();
        Assert.IsTrue(best.Metric > 0.95, $"{best.Metric}");

        var values = _ml.Auto().Regression("Value", useFastForest: false, useLgbm: false, useFastTree: false);
        var (witness, pipeline) = (new Witness(), Plain().Append(values));
        best = await _ml.Auto().CreateExperiment().SetPipeline(pipeline).SetDataset(split).SetRegressionMetric(RegressionMetric.RootMeanSquaredError, "Value")
            .SetRandomSearchTuner(1).SetMonitor(witness).SetMaxModelToExplore(6).RunAsync();
        Assert.AreEqual(best.Metric, best.Loss);
        Assert.IsTrue(best.Metric < 2, $"{best.Metric}");
        CollectionAssert.IsSubsetOf(witness.Completed.Select(r => pipeline.ToString(r.TrialSettings.Parameter)).Distinct().ToArray(), new[] { "Unknown=>LbfgsPoissonRegressionRegression", "Unknown=>SdcaRegression" });
    }

    private IEstimator<ITransformer> Plain() => _ml.Transforms.Concatenate("Features", nameof(Row.A), nameof(Row.B));

    private sealed class Row(int i)
    {
        public float A { get; } = i % 10 / 10f;

        public float B { get; } = i % 7 / 7f;

        public float Value => 3 + 2 * A + B;

        public bool Truth => A + B > 0.9f;
    }

    [TestMethod]
    public async Task A_share_of_the_training_rows_may_be_part_of_the_search()
    {
        var split = _ml.Data.TrainTestSplit(Digits(), 0.25);
        var best = await Experiment(Scaled().Append(Own()), new Witness()).SetDataset(split.TrainSet, split.TestSet, subSamplingTrainDataset: true).SetRandomSearchTuner(1).SetMaxModelToExplore(2).RunAsync();
        Assert.IsTrue(best.Metric > 0.5);
    }

    [TestMethod]
    public async Task Folds_are_averaged()
    {
        var witness = new Witness();
        var experiment = Experiment(Scaled().Append(Own()), witness).SetDataset(Digits(), 3).SetMulticlassClassificationMetric(MulticlassClassificationMetric.LogLoss, "Label");
        var best = await experiment.SetMaxModelToExplore(2).RunAsync();
        var chain = Scaled().Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: best.TrialSettings.Parameter["_pipeline_"]["e1"]["L2"].AsType<float>()));
        var mean = _ml.MulticlassClassification.CrossValidate(Digits(), chain, 3).Average(f => f.Metrics.LogLoss);
        Assert.AreEqual(best.Metric, best.Loss);
        Assert.AreEqual(mean, best.Loss, 0.15 * mean);
    }

    [TestMethod]
    public void A_pipeline_is_built_from_any_proposal()
    {
        var pipeline = Scaled().Append(Own(), Own());
        var random = new Random(1);
        var digits = Digits();
        for (var draw = 0; draw < 3; draw++)
        {
            var parameter = pipeline.SearchSpace.SampleFromFeatureSpace([.. pipeline.SearchSpace.Default.Select(_ => random.NextDouble())]);
            var scored = pipeline.BuildFromOption(_ml, parameter).Fit(digits).Transform(digits);
            Assert.IsTrue(_ml.MulticlassClassification.Evaluate(scored).MicroAccuracy > 0.9);
        }
        Assert.AreEqual(3, pipeline.Estimators.Count);
    }

    [TestMethod]
    public async Task Setting_the_pipeline_sets_runner_monitor_and_tuner_anew()
    {
        var (witness, asked) = (new Witness(), 0);
        var experiment = _ml.Auto().CreateExperiment().SetMonitor(witness).SetTuner(_ =>
        {
            asked++;
            return new Refusing();
        }).SetTrialRunner(_ => Trials.Of(_ => throw new InvalidOperationException()));
        var best = await experiment.SetPipeline(Scaled().Append(Own())).SetDataset(_ml.Data.TrainTestSplit(Digits(), 0.25))
            .SetMulticlassClassificationMetric(MulticlassClassificationMetric.MicroAccuracy, "Label").SetMaxModelToExplore(1).RunAsync();
        Assert.IsNotNull(best.Model);
        Assert.AreEqual(0, asked + witness.Running.Count);
    }

    [TestMethod]
    public async Task A_label_that_is_not_there_is_said()
    {
        var experiment = Experiment(Scaled().Append(Own()), new Witness()).SetMulticlassClassificationMetric(MulticlassClassificationMetric.MicroAccuracy).SetMaxModelToExplore(1);
        var error = await Assert.ThrowsExactlyAsync<ArgumentOutOfRangeException>(() => experiment.RunAsync()); // the default is "label", in lower case
        StringAssert.Contains(error.Message, "label column");
    }

    private sealed class Refusing : ITuner
    {
        public Parameter Propose(TrialSettings settings) => throw new NotSupportedException();

        public void Update(TrialResult result) => throw new NotSupportedException();
    }
}
