using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.Data;
using Microsoft.ML.SearchSpace;

namespace Retort.Tests;

/// <summary>A cohort of recipes in each trial of ML.NET's own experiment.</summary>
[TestClass]
public sealed class NetworkTrialRunnerTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static readonly RecipeSpace s_space = new()
    {
        Base = new() { Epochs = 4, BatchSize = 32, HoldOut = 0.3 },
        Networks = [new Mlp { Layers = 1, Width = 16 }],
        Losses = [null, new FocalLoss()],
        Optimizers = [new AdamW { LearningRate = 0.01 }],
        Held = ["mlp.Layers", "mlp.Width"],
    };

    private AutoMLExperiment Experiment(string tuner, int trials, IMonitor monitor)
    {
        var experiment = _ml.Auto().CreateExperiment(new AutoMLExperiment.AutoMLExperimentSettings { Seed = 1 }).SetMonitor(monitor).SetMaxModelToExplore(trials);
        return tuner switch { "random" => experiment.SetRandomSearchTuner(1), "grid" => experiment.SetGridSearchTuner(3), _ => experiment.SetCostFrugalTuner() };
    }

    [TestMethod]
    [DataRow("random"), DataRow("grid"), DataRow("cost-frugal")]
    public void Each_trial_is_the_best_of_a_cohort_whatever_the_tuner(string tuner)
    {
        var (view, witness, reads) = (Toy.Keyed(_ml, Toy.Rows(240)), new Witness(), 0);
        var counted = Toy.Keyed(_ml, Counted(Toy.Rows(240)));
        reads = 0; // the keys have read the rows once
        var best = _ml.MulticlassClassification.Trainers.NetworkTrialRunner(s_space, cohort: 3).Run(counted, Experiment(tuner, 4, witness));

        Assert.AreEqual(4, witness.Completed.Count);
        Assert.AreEqual(witness.Completed.Min(result => result.Loss), best.Loss);
        Assert.AreEqual(1, reads);
        var recipe = s_space.Read(best.TrialSettings.Parameter[NetworkTrialRunner<MulticlassNetworkTransformer>.Key]);
        Assert.AreEqual(recipe, ((MulticlassNetworkTransformer)best.Model).Model.Recipe);
        CollectionAssert.AreEqual(Scores(_ml.MulticlassClassification.Trainers.Network(recipe).Fit(view).Transform(view)), Scores(best.Model.Transform(view)));

        IEnumerable<Toy.Row> Counted(List<Toy.Row> rows)
        {
            reads++;
            foreach (var row in rows)
                yield return row;
        }

        static float[] Scores(IDataView scored) => [.. scored.GetColumn<VBuffer<float>>("Score").SelectMany(score => score.DenseValues())];
    }

    [TestMethod]
    public void All_of_a_cohort_are_reported_to_the_tuner_and_the_result_by_the_experiment()
    {
        var tuner = new Learning(s_space.ToSearchSpace());
        var best = _ml.MulticlassClassification.Trainers.NetworkTrialRunner(s_space, cohort: 4).Run(Toy.Keyed(_ml, Toy.Rows(120)), _ml.Auto().CreateExperiment().SetTuner(tuner).SetMaxModelToExplore(3));
        Assert.AreEqual(12, tuner.Proposed);
        Assert.AreEqual(12, tuner.Heard.Count);
        Assert.AreEqual(12, tuner.Heard.Select(result => result.TrialSettings.TrialId).Distinct().Count());
        Assert.AreEqual(tuner.Heard.Min(result => result.Loss), best.Loss);
    }

    [TestMethod]
    public void A_recipe_that_fails_is_the_worst_there_can_be_and_a_trial_fails_where_all_do()
    {
        var view = Toy.Keyed(_ml, Toy.Rows(120));
        var space = s_space with { Optimizers = [new AdamW(), new Sgd { LearningRate = 1e30 }], Held = [.. s_space.Held, "sgd.LearningRate"] };
        var tuner = new Learning(space.ToSearchSpace());
        var best = _ml.MulticlassClassification.Trainers.NetworkTrialRunner(space, cohort: 6).Run(view, _ml.Auto().CreateExperiment().SetTuner(tuner).SetMaxModelToExplore(2));
        Assert.IsTrue(((MulticlassNetworkTransformer)best.Model).Model.Recipe.Optimizer is AdamW);
        Assert.IsTrue(tuner.Heard.Any(result => result.Loss == double.MaxValue));

        var none = s_space with { Optimizers = [new Sgd { LearningRate = 1e30 }], Held = [.. s_space.Held, "sgd.LearningRate"] };
        StringAssert.StartsWith(Assert.ThrowsExactly<InvalidOperationException>(() => _ml.MulticlassClassification.Trainers.NetworkTrialRunner(none, cohort: 2).Run(view, Experiment("random", 2, new Witness()))).Message,
            "A recipe of the trial must succeed, but all 2 failed; the first: ");
    }

    [TestMethod]
    public void An_experiment_that_is_stopped_gives_the_best_so_far_and_the_time_ends_it()
    {
        using var stop = new CancellationTokenSource();
        var witness = new Witness { OnCompleted = result => { if (result.TrialSettings.TrialId >= 1) stop.Cancel(); } };
        var view = Toy.Keyed(_ml, Toy.Rows(240));
        var best = _ml.BinaryClassification.Trainers.NetworkTrialRunner(s_space, cohort: 2, labelColumnName: "Flag").Run(view, Experiment("random", 1000, witness), stop.Token);
        Assert.AreEqual(witness.Completed.Min(result => result.Loss), best.Loss);
        var timed = _ml.Regression.Trainers.NetworkTrialRunner(s_space with { Base = s_space.Base with { Epochs = 100_000, Patience = 100_000 } }, cohort: 2, labelColumnName: "Value")
            .Run(view, Experiment("cost-frugal", 1000, new Witness()).SetTrainingTimeInSeconds(2));
        Assert.IsNotNull(timed.Model); // stopped on the way, and judged as it was
        Assert.AreEqual("cohort must be at least 0, but is -1.", Assert.ThrowsExactly<ArgumentException>(() => _ml.Regression.Trainers.NetworkTrialRunner(s_space, cohort: -1)).Message);
    }

    private sealed class Learning(SearchSpace space) : ITuner
    {
        private readonly Random _random = new(1);

        public int Proposed { get; private set; }

        public List<TrialResult> Heard { get; } = [];

        public Parameter Propose(TrialSettings settings)
        {
            Proposed++;
            var nested = new SearchSpace { [NetworkTrialRunner<MulticlassNetworkTransformer>.Key] = space };
            return nested.SampleFromFeatureSpace([.. Enumerable.Range(0, nested.FeatureSpaceDim).Select(_ => _random.NextDouble())]);
        }

        public void Update(TrialResult result) => Heard.Add(result);
    }
}
