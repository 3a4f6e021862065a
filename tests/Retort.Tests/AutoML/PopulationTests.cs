using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Populations: the same table whatever the threads and whatever ends them, and a schedule that makes its network alone.</summary>
[TestClass]
public sealed class PopulationTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static readonly RecipeSpace s_space = new()
    {
        Base = new() { Epochs = 9, BatchSize = 32, HoldOut = 0.3, Averaging = new ExponentialAverage { Decay = 0.9 } },
        Networks = [new Mlp { Layers = 1, Width = 16, Dropout = 0.1 }],
        Losses = [null, new FocalLoss()],
        Mixings = [new Mixup(), null],
        Optimizers = [new AdamW { LearningRate = 0.01 }],
        Held = ["mlp.Layers", "mlp.Width"],
    };

    private static readonly SweepSettings s_settings = new() { Trials = 10, Population = new() { Members = 5, Interval = 2, Quantile = 0.4 } };

    private IDataView Keyed(int count = 240) => Toy.Keyed(_ml, Toy.Rows(count));

    private NetworkExperiment<MulticlassNetworkTransformer> Experiment(SweepSettings? settings = null, string? folder = null, CancellationToken stop = default, RecipeSpace? space = null) =>
        _ml.MulticlassClassification.Trainers.NetworkExperiment(space ?? s_space, settings ?? s_settings, folder: folder, stop: stop);

    private static string Table(NetworkSweep<MulticlassNetworkTransformer> sweep) => string.Join("\n", sweep.Trials);

    private static float[] Scores(IDataView scored) => [.. scored.GetColumn<VBuffer<float>>("Score").SelectMany(score => score.DenseValues())];

    [TestMethod]
    public void The_table_is_the_same_on_one_thread_and_on_several()
    {
        var view = Keyed();
        var (one, two) = (Experiment(s_settings with { Threads = 1 }).Fit(view), Experiment(s_settings with { Threads = 3 }).Fit(view));
        Assert.AreEqual(Table(one), Table(two));
        Assert.IsTrue(one.IsWhole);
        Assert.AreEqual(10, one.Trials.Count);
        foreach (var population in one.Trials.Chunk(5))
        {
            var first = population[0].Stages[0].Recipe;
            Assert.AreEqual(1, population.Select(trial => trial.Recipe with { Network = new Mlp(), Loss = null, Mixing = null, Optimizer = new AdamW() }).Distinct().Count());
            foreach (var trial in population)
            {
                Assert.AreEqual(first.Network.GetType(), trial.Recipe.Network.GetType());
                Assert.AreEqual((first.Loss?.GetType(), first.Mixing?.GetType()), (trial.Recipe.Loss?.GetType(), trial.Recipe.Mixing?.GetType()));
                Assert.AreEqual(trial.Recipe, trial.Stages[^1].Recipe);
                Assert.AreEqual(9, trial.Epochs);
                Assert.AreEqual(9 * 168, trial.RowEpochs, 9 * 3); // 70 % of 240 rows, nearly
                Assert.AreEqual(1, trial.Stages[0].First);
                Assert.IsNull(trial.Stages[0].Parent);
                for (var i = 1; i < trial.Stages.Count; i++)
                    Assert.AreEqual(trial.Stages[i - 1].Last + 1, trial.Stages[i].First);
                Assert.IsTrue(trial.BestEpoch >= trial.Stages[^1].First && trial.BestEpoch <= trial.Stages[^1].Last);
            }
        }

        var alone = Experiment(s_settings with { Trials = 5, Population = s_settings.Population! with { Quantile = 0 } }).Fit(view);
        Assert.AreEqual(s_space.Optimizers[0], alone.Trials[0].Recipe.Optimizer); // the first keeps what was proposed
        Assert.IsTrue(alone.Trials.All(trial => trial.Stages.All(stage => stage.Recipe == trial.Recipe && (stage.Parent ?? trial.Number) == trial.Number)));
        Assert.IsTrue(one.Trials.Any(trial => trial.Stages.Any(stage => stage.Parent is { } parent && parent != trial.Number)));
        Assert.IsTrue(one.Trials.Select(trial => trial.Recipe.Optimizer).Distinct().Count() > 5);
    }

    [TestMethod]
    public void The_schedule_makes_the_network_alone_in_the_same_bits()
    {
        var view = Keyed();
        var sweep = Experiment(s_settings with { Trials = 5, Objectives = [SweepObjective.Loss, SweepObjective.CalibrationError] }).Fit(view);
        var changed = sweep.Pareto.Count(trial => trial.Stages.Select(stage => stage.Recipe).Distinct().Count() > 1);
        Assert.IsTrue(changed > 0, Table(sweep));
        foreach (var trial in sweep.Pareto)
            CollectionAssert.AreEqual(Scores(sweep.ModelOf(trial).Transform(view)), Scores(Experiment().Repeat(view, trial).Transform(view)), trial.ToString());

        var halved = Experiment(new() { Trials = 3, Rungs = 2 }).Fit(view); // a trial of one recipe as well
        CollectionAssert.AreEqual(Scores(halved.Model.Transform(view)), Scores(Experiment().Repeat(view, halved.Best).Transform(view)));
    }

    [TestMethod]
    public void A_population_that_is_ended_goes_on_and_ends_in_the_same_table()
    {
        var view = Keyed();
        var whole = Table(Experiment().Fit(view));
        foreach (var after in new[] { 30, 120, 250 }) // milliseconds; wherever that is
        {
            var folder = Directory.CreateTempSubdirectory("retort-tests-");
            try
            {
                for (var ends = 0; ends < 5; ends++)
                {
                    using var stop = new CancellationTokenSource(after);
                    try
                    {
                        Experiment(folder: folder.FullName, stop: stop.Token).Fit(view);
                    }
                    catch (OperationCanceledException)
                    {
                        // nothing was judged yet
                    }
                }

                Assert.AreEqual(whole, Table(Experiment(folder: folder.FullName).Fit(view)));
                var last = Experiment(folder: folder.FullName).Fit(view);
                Assert.AreEqual(whole, Table(last));
                Assert.IsNotNull(last.Model);
                Assert.AreEqual(0, Directory.GetFiles(folder.FullName, "*.checkpoint*").Length);
                Assert.AreEqual(15, Experiment(s_settings with { Trials = 15 }, folder.FullName).Fit(view).Trials.Count); // and for more trials
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    [TestMethod]
    public void A_member_that_fails_goes_on_as_another()
    {
        var space = s_space with { Networks = [new Mlp { Layers = 1, Width = 16 }], Optimizers = [new Sgd { LearningRate = 100 }], Losses = [], Mixings = [] };
        var sweep = _ml.Regression.Trainers.NetworkExperiment(space, s_settings with { Trials = 5 }, labelColumnName: "Value").Fit(Keyed());
        Assert.IsTrue(sweep.Trials.All(trial => trial.Failure is null), string.Join("\n", sweep.Trials));
        Assert.AreNotEqual(0, sweep.Trials[0].Stages[1].Parent); // what was proposed diverged
    }

    [TestMethod]
    public void It_ends_when_no_member_has_become_better_for_as_long_as_the_patience()
    {
        var space = s_space with { Base = s_space.Base with { Epochs = 200, Patience = 3 }, Optimizers = [new AdamW { LearningRate = 0.1 }], Held = [.. s_space.Held, "adamw.LearningRate"] };
        var sweep = Experiment(s_settings with { Trials = 5 }, space: space).Fit(Keyed());
        Assert.IsTrue(sweep.IsWhole);
        Assert.IsTrue(sweep.Trials.All(trial => trial.Epochs < 200), Table(sweep));
        Assert.IsTrue(sweep.Trials[0].Epochs - sweep.Best.BestEpoch is > 3 and <= 5);
    }

    public static IEnumerable<object[]> Parts => RecipeSpaceTests.Trained.Where(own => own[0] is Network or Loss or Distillation or Penalty or Mixing or Optimizer);

    [TestMethod, DynamicData(nameof(Parts))]
    public void Whatever_number_changes_the_state_fits(Part part, LearningTask task)
    {
        using var scope = NewDisposeScope();
        part = part is CutMix image ? image with { Height = 1, Width = task == LearningTask.Multiclass ? 4 : 2 } : part;
        var space = RecipeSpaceTests.Space(part)! with { Base = Some.Quick with { Epochs = 2, BatchSize = 32, HoldOut = 0.5 } };
        var (exploration, random) = (new Exploration(space, 0.5), new Generator(1));
        var start = space.Read(space.ToSearchSpace() is { Count: > 0 } own ? own.SampleFromFeatureSpace(own.Default) : Microsoft.ML.SearchSpace.Parameter.CreateNestedParameter());
        if (!exploration.HasNumbers)
            return;
        var data = part is Distillation distillation ? Lesson.Of(distillation, task, 64) : EveryPenaltyRunsTests.Data(task, 64);
        if (part is Loss)
            data = new() { Features = data.Features, Categories = data.Categories, Cardinalities = data.Cardinalities, Labels = data.Labels, Classes = data.Classes, Groups = arange(64, dtype: int64) % 8 };
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var (first, second) = (exploration.Draw(start, random), exploration.Change(exploration.Draw(start, random), random));
            Assert.AreEqual(second, space.Read(space.Write(second)));
            try
            {
                first.Validate(task);
            }
            catch (ArgumentException)
            {
                return; // what For leaves out of a search
            }

            var before = new Checkpoint(Path.Combine(folder.FullName, "before")) { Keep = true, Interval = TimeSpan.Zero };
            TrainingLoop.Run(first, task, data, null, 1, null, () => { }, checkpoint: before);
            var result = TrainingLoop.Run(second, task, data, null, 1, null, () => { }, checkpoint: new(Path.Combine(folder.FullName, "after")) { From = before.Path });
            Assert.AreEqual(2, result.BestEpoch);
            Assert.IsTrue(result.Network.Parameters.All(float.IsFinite));
        }
        catch (ArgumentException e) when (part is DualHeadTargets)
        {
            Assert.Contains("dhkd", e.Message); // whose labels do not count, which is refused
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void What_is_not_right_is_refused()
    {
        Refused(() => Experiment(s_settings with { Trials = 4 }), "Trials must be at least the 5 members of a population, but is 4.");
        Refused(() => Experiment(s_settings with { Population = new() { Quantile = 0.6 } }), "Quantile must lie in [0, 0.5], but is 0.6.");
        Refused(() => Experiment(space: new() { Networks = [new Mlp()], Held = ["mlp.Dropout"] }), "A space for a population must have numbers that can change while a network is trained, such as those of an optimizer, but has none.");

        static void Refused(Func<object> make, string message) => Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(make).Message);
    }
}
