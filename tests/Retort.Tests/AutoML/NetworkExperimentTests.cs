using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Searches for recipes: the same table in every run, whatever ends them, and every trial as if it had been trained alone.</summary>
[TestClass]
public sealed class NetworkExperimentTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static readonly RecipeSpace s_space = new()
    {
        Base = new() { Epochs = 9, BatchSize = 32, HoldOut = 0.3 },
        Networks = [new Mlp { Layers = 1, Width = 16 }],
        Losses = [null, new FocalLoss()],
        Mixings = [null, new Mixup()],
        Optimizers = [new AdamW { LearningRate = 0.01 }],
        Held = ["mlp.Layers", "mlp.Width"],
    };

    private static readonly SweepSettings s_settings = new() { Trials = 12, Rungs = 2, Reduction = 3, Objectives = [SweepObjective.Loss, SweepObjective.Weights] };

    private IDataView Keyed(int count = 240) => Toy.Keyed(_ml, Toy.Rows(count));

    private NetworkExperiment<MulticlassNetworkTransformer> Experiment(SweepSettings? settings = null, string? folder = null, IMonitor? monitor = null, CancellationToken stop = default, RecipeSpace? space = null) =>
        _ml.MulticlassClassification.Trainers.NetworkExperiment(space ?? s_space, settings ?? s_settings, folder: folder, monitor: monitor, stop: stop);

    private static string Table(NetworkSweep<MulticlassNetworkTransformer> sweep) => string.Join("\n", sweep.Trials);

    [TestMethod]
    public void The_table_is_the_same_on_one_thread_and_on_several_and_goes_on_for_the_best()
    {
        var view = Keyed();
        var (one, two) = (Experiment(s_settings with { Threads = 1 }).Fit(view), Experiment(s_settings with { Threads = 3 }).Fit(view));
        Assert.AreEqual(Table(one), Table(two));
        Assert.AreEqual(12, one.Trials.Count);
        CollectionAssert.AreEqual(Enumerable.Range(0, 12).ToArray(), one.Trials.Select(trial => trial.Number).ToArray());
        var whole = one.Trials.Where(trial => trial.Rungs == 2).ToArray();
        Assert.IsTrue(whole.Length is >= 4 and <= 8, Table(one)); // the best third, and those that are the best so far
        Assert.IsTrue(one.Trials.All(trial => (trial.Rungs, trial.Epochs) is (1, 3) or (2, 9)));
        Assert.AreEqual(0, whole[0].Number); // what there would be without a search
        Assert.IsTrue(one.Trials.Except(whole).All(left => left.Loss > whole.Min(trial => trial.Loss)));

        Assert.IsTrue(one.IsWhole);
        Assert.AreEqual(one.Trials.Where(trial => trial.Rungs == 2).Min(trial => trial.Loss), one.Best.Loss);
        Assert.AreEqual(s_space.Losses[0], one.Trials[0].Recipe.Loss); // the search begins with the first of each
        Assert.AreEqual(0.01, one.Trials[0].Recipe.Optimizer.LearningRate, 1e-12);
        Assert.IsTrue(one.Trials.Select(trial => trial.Recipe).Distinct().Count() > 10);
    }

    [TestMethod]
    public void Every_trial_on_the_front_is_what_its_recipe_makes_alone()
    {
        var view = Keyed();
        var space = s_space with { Calibrations = [null, new TemperatureScaling()], Networks = [new Mlp { Layers = 1, Width = 16 }, new Mlp { Layers = 1, Width = 4 }] };
        var sweep = Experiment(s_settings with { Rungs = 1, Objectives = [SweepObjective.Loss, SweepObjective.Weights, SweepObjective.CalibrationError] }, space: space).Fit(view);
        Assert.Contains(sweep.Best, sweep.Pareto);
        foreach (var trial in sweep.Pareto)
        {
            var alone = _ml.MulticlassClassification.Trainers.Network(Recipe.FromJson(trial.Recipe.ToJson())).Fit(view);
            CollectionAssert.AreEqual(Scores(alone.Transform(view)), Scores(sweep.ModelOf(trial).Transform(view)), trial.ToString());
            Assert.AreEqual(sweep.ModelOf(trial).Model.Parameters, (int)trial.Objectives[1]);
        }

        static float[] Scores(IDataView scored) => [.. scored.GetColumn<VBuffer<float>>("Score").SelectMany(score => score.DenseValues())];
    }

    [TestMethod]
    public void A_search_that_is_ended_goes_on_and_ends_in_the_same_table()
    {
        var view = Keyed();
        var whole = Table(Experiment().Fit(view));
        foreach (var after in new[] { 1, 4, 7 })
        {
            var folder = Directory.CreateTempSubdirectory("retort-tests-");
            try
            {
                using var stop = new CancellationTokenSource();
                var monitor = new Monitor { Running = trial => { if (trial.TrialId == after) stop.Cancel(); } };
                var part = Experiment(folder: folder.FullName, monitor: monitor, stop: stop.Token);
                try
                {
                    Assert.IsTrue(part.Fit(view).Trials.Count < 12);
                }
                catch (OperationCanceledException)
                {
                    Assert.AreEqual(1, after); // nothing was judged yet
                }

                var again = new Monitor();
                Assert.AreEqual(whole, Table(Experiment(folder: folder.FullName, monitor: again).Fit(view)));
                var third = Experiment(folder: folder.FullName).Fit(view);
                Assert.AreEqual(whole, Table(third));
                Assert.AreEqual(0, Directory.GetFiles(folder.FullName, "*.checkpoint").Length);
                Assert.IsNotNull(third.Model);
                Assert.Contains("must be of the same space, settings and data", Assert.ThrowsExactly<InvalidDataException>(() => Experiment(s_settings with { Seed = 3 }, folder.FullName).Fit(view)).Message);
                Assert.Contains("must be of the same space, settings and data", Assert.ThrowsExactly<InvalidDataException>(() => Experiment(folder: folder.FullName).Fit(Keyed(243))).Message);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    [TestMethod]
    public void A_search_that_goes_on_and_is_ended_again_gives_what_both_have_found()
    {
        var view = Keyed();
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            // of the first only first rungs were written, the other ends before it trains anything
            using var stop = new CancellationTokenSource();
            Experiment(s_settings with { Trials = 3, Threads = 1 }, folder.FullName).Fit(view);
            File.WriteAllLines(Path.Combine(folder.FullName, "trials.jsonl"), File.ReadAllLines(Path.Combine(folder.FullName, "trials.jsonl")).Where(line => !line.Contains("\"Rung\":1", StringComparison.Ordinal)));
            var monitor = new Monitor { Running = trial => { if (trial.TrialId == 0) stop.Cancel(); } };
            var sweep = Experiment(s_settings with { Threads = 1 }, folder.FullName, monitor, stop.Token).Fit(view);
            Assert.IsFalse(sweep.IsWhole);
            CollectionAssert.AreEqual(new[] { 1, 2 }, sweep.Trials.Select(trial => trial.Number).ToArray());
            Assert.IsNotNull(sweep.Model);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void A_half_written_line_is_done_again()
    {
        var view = Keyed();
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var whole = Table(Experiment(folder: folder.FullName).Fit(view));
            var path = Path.Combine(folder.FullName, "trials.jsonl");
            File.WriteAllText(path, File.ReadAllText(path)[..^40]);
            Assert.AreEqual(whole, Table(Experiment(folder: folder.FullName).Fit(view)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void A_trial_that_fails_is_a_row_with_its_reason()
    {
        var space = s_space with { Losses = [null, new FocalLoss()], Optimizers = [new AdamW(), new Sgd { LearningRate = 1e30 }], Held = [.. s_space.Held, "sgd.LearningRate"] };
        var monitor = new Monitor();
        var sweep = Experiment(space: space, monitor: monitor).Fit(Keyed());
        var failed = sweep.Trials.Where(trial => trial.Failure is not null).ToArray();
        Assert.IsTrue(failed.Length > 0 && failed.All(trial => trial.Recipe.Optimizer is Sgd && double.IsPositiveInfinity(trial.Loss)), Table(sweep));
        Assert.IsTrue(sweep.Best.Recipe.Optimizer is AdamW);
        CollectionAssert.AreEquivalent(failed.Select(trial => trial.Number).ToArray(), monitor.Failed);
        Assert.AreEqual(12, monitor.Begun);
        var all = space with { Optimizers = [new Sgd { LearningRate = 1e30 }] };
        StringAssert.StartsWith(Assert.ThrowsExactly<InvalidOperationException>(() => Experiment(s_settings with { Trials = 2 }, space: all).Fit(Keyed())).Message, "A trial must succeed, but all 2 failed; the first: ");
    }

    [TestMethod]
    public void A_limit_of_time_ends_the_search_with_what_it_has()
    {
        var settings = s_settings with { Trials = 100_000, Time = TimeSpan.FromSeconds(2), Rungs = 1, Reduction = 2 };
        var sweep = Experiment(settings).Fit(Keyed());
        Assert.IsTrue(sweep.Trials.Count is > 0 and < 100_000);
        Assert.AreEqual(9, sweep.Best.Epochs);
    }

    [TestMethod]
    public void The_other_tasks_a_teacher_and_protected_columns()
    {
        var (view, settings) = (Toy.Keyed(_ml, Toy.Rows(240)), s_settings with { Trials = 4, Objectives = [SweepObjective.Loss, SweepObjective.Gap] });
        var binary = _ml.BinaryClassification.Trainers.NetworkExperiment(s_space with { Penalties = [null, new DemographicParity()] }, settings with { Objectives = [.. settings.Objectives, SweepObjective.Error, SweepObjective.CalibrationError] },
            labelColumnName: "Flag", protectedColumnNames: ["Color"]).Fit(view);
        Assert.IsTrue(binary.Trials.All(trial => trial.Objectives.Count == 4 && trial.Objectives.All(double.IsFinite)));
        var regression = _ml.Regression.Trainers.NetworkExperiment(s_space, settings, labelColumnName: "Value", protectedColumnNames: ["Color"]).Fit(view);
        Assert.IsTrue(regression.Trials.All(trial => trial.Recipe.Loss is null)); // the focal loss does not serve the task
        var teacher = Toy.Multiclass(_ml, view);
        var taught = _ml.MulticlassClassification.Trainers.NetworkExperiment(s_space with { Distillations = [new SoftTargets(), new DecoupledTarget()] }, s_settings with { Trials = 6 }, Teacher.Of(teacher)).Fit(view);
        Assert.AreEqual(2, taught.Trials.Select(trial => trial.Recipe.Distillation?.GetType()).Distinct().Count());
        Assert.IsTrue(taught.Trials.All(trial => trial.Failure is null), Table(taught));
    }

    [TestMethod]
    public void What_is_not_right_is_refused_before_any_data_is_read()
    {
        Refused(() => Experiment(new() { Rungs = 0 }), "Rungs must lie in [1, 6], but is 0.");
        Refused(() => Experiment(new() { Objectives = [SweepObjective.Gap] }), "The objective Gap must have protected columns, but none are named.");
        Refused(() => Experiment(new() { Objectives = [SweepObjective.Loss, SweepObjective.Loss] }), "Objectives must name each objective once, but is Loss, Loss.");
        Refused(() => Experiment(space: new() { Distillations = [new SoftTargets()] }), "A space with the distillation 'kd' must have a teacher, but is given none.");
        Refused(() => Experiment(space: new() { Penalties = [new DistanceCovariance()] }), "A space with the penalty 'dcov' must have protected columns, but none are named.");
        Refused(() => _ml.Regression.Trainers.NetworkExperiment(s_space, new() { Objectives = [SweepObjective.Error] }), "Objectives must be Loss, Gap, Weights or Latency in regression, but is Error.");
        Assert.AreEqual("The folder of a sweep must exist, but is 'nowhere'.", Assert.ThrowsExactly<ArgumentException>(() => Experiment(folder: "nowhere").Fit(Keyed())).Message);

        static void Refused(Func<object> make, string message) => Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(make).Message);
    }

    private sealed class Monitor : IMonitor
    {
        private int _begun;

        public Action<TrialSettings>? Running { get; init; }

        public int Begun => _begun;

        public List<int> Failed { get; } = [];

        public void ReportRunningTrial(TrialSettings settings)
        {
            Interlocked.Increment(ref _begun);
            Running?.Invoke(settings);
        }

        public void ReportCompletedTrial(TrialResult result) => Assert.IsTrue(double.IsFinite(result.Loss));

        public void ReportBestTrial(TrialResult result)
        {
        }

        public void ReportFailTrial(TrialSettings settings, Exception? exception = null) => Failed.Add(settings.TrialId);
    }
}
