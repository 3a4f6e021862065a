using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;

namespace Retort.Tests;

/// <summary>Networks as estimators that ML.NET's AutoML searches.</summary>
[TestClass]
public sealed class AutoNetworkTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static readonly RecipeSpace s_space = new() { Base = new() { Epochs = 3 }, Networks = [new Mlp { Layers = 1, Width = 8 }], Mixings = [null, new Mixup()], Held = ["mlp.Layers", "mlp.Width"] };

    private sealed class Linear
    {
        [Microsoft.ML.SearchSpace.Range(1e-3f, 1f, 0.1f, true)]
        public float L2 { get; set; } = 1;
    }

    [TestMethod]
    public async Task One_experiment_runs_our_trainer_beside_one_of_ml_net()
    {
        var view = Toy.Keyed(_ml, Toy.Rows(120));
        var linear = _ml.Auto().CreateSweepableEstimator((MLContext ml, Linear option) => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l2Regularization: option.L2), new SearchSpace<Linear>());
        var pipeline = _ml.Transforms.NormalizeMinMax("Features").Append(_ml.Auto().Network(LearningTask.Multiclass, s_space), linear);
        var witness = new Witness();
        var best = await _ml.Auto().CreateExperiment()
            .SetPipeline(pipeline)
            .SetDataset(view, 2)
            .SetMulticlassClassificationMetric(MulticlassClassificationMetric.LogLoss, "Label")
            .SetRandomSearchTuner(1)
            .SetMonitor(witness)
            .SetMaxModelToExplore(10)
            .RunAsync();
        var made = witness.Completed.Select(result => pipeline.ToString(result.TrialSettings.Parameter)).Distinct().ToArray();
        Assert.AreEqual(2, made.Length, string.Join("; ", made));
        Assert.IsTrue(_ml.MulticlassClassification.Evaluate(best.Model.Transform(view)).MicroAccuracy > 0.9);
        Assert.IsTrue(double.IsFinite(best.Loss));
    }

    [TestMethod]
    public void A_trial_of_the_start_is_the_first_recipe_of_the_space()
    {
        var view = Toy.Keyed(_ml, Toy.Rows(120));
        foreach (var (task, label) in new[] { (LearningTask.Binary, "Flag"), (LearningTask.Multiclass, "Label"), (LearningTask.Regression, "Value") })
        {
            var sweepable = _ml.Auto().Network(task, s_space, labelColumnName: label);
            var space = sweepable.SearchSpace;
            var model = sweepable.BuildFromOption(_ml, space.SampleFromFeatureSpace(space.Default)).Fit(view);
            Assert.AreEqual(s_space.For(task).Read(space.SampleFromFeatureSpace(space.Default)), ((NetworkTransformer)model).Model.Recipe);
            Assert.AreEqual(s_space.Networks[0], ((NetworkTransformer)model).Model.Recipe.Network);
        }
    }

    [TestMethod]
    public void Spaces_that_ask_for_more_are_refused()
    {
        Assert.AreEqual("A space with the distillation 'dkd' must have a teacher, but is given none.",
            Assert.ThrowsExactly<ArgumentException>(() => _ml.Auto().Network(LearningTask.Multiclass, s_space with { Distillations = [null, new DecoupledTarget()] })).Message);
        Assert.AreEqual("A space with the penalty 'dcov' must have protected columns, but none are named.",
            Assert.ThrowsExactly<ArgumentException>(() => _ml.Auto().Network(LearningTask.Binary, RecipeSpace.Penalised)).Message);
    }
}
