using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.Data;
using Microsoft.ML.SearchSpace;

namespace Retort.Tests;

/// <summary>What is made of the trials of a search: soups, the best recipe on all rows, and how long a row takes.</summary>
[TestClass]
public sealed class SweepResultTests
{
    private readonly MLContext _ml = new(seed: 1);

    // labels that cannot be learned whole, so that means of weights have something to gain
    private static readonly List<Toy.Row> s_rows = Noisy();

    private static readonly RecipeSpace s_space = new()
    {
        Base = new() { Epochs = 9, BatchSize = 32, HoldOut = 0.3, Network = new Mlp { Layers = 1, Width = 16 }, Schedule = new ConstantRate() },
        Mixings = [null, new Mixup()],
        Optimizers = [new AdamW { LearningRate = 0.01 }],
    };

    private static List<Toy.Row> Noisy()
    {
        var (rows, random) = (Toy.Rows(300), new Random(3));
        foreach (var row in rows)
            if (random.Next(5) == 0)
                row.Class = ((string[])["red", "green", "blue"])[random.Next(3)];
        return rows;
    }

    private NetworkExperiment<MulticlassNetworkTransformer> Experiment(RecipeSpace? space = null, SweepSettings? settings = null, Teacher? teacher = null, string? folder = null, IDataView? validation = null, int points = 0) =>
        _ml.MulticlassClassification.Trainers.NetworkExperiment(space ?? s_space, settings ?? new() { Trials = 12, Rungs = 2 }, teacher, folder: folder, validation: validation,
            tuner: points == 0 ? null : new Line((space ?? s_space).ToSearchSpace(), points));

    private static float[] Scores(ITransformer model, IDataView view) => [.. model.Transform(view).GetColumn<VBuffer<float>>("Score").SelectMany(score => score.DenseValues())];

    [TestMethod]
    public void Trials_of_one_start_become_a_soup_that_is_better_than_the_best()
    {
        var view = Toy.Keyed(_ml, s_rows);
        var near = s_space with { Ranges = [new("adamw.LearningRate", 0.005, 0.02)] };
        var settings = new SweepSettings { Trials = 8, Rungs = 1 };
        var sweep = Experiment(near, settings, points: 8).Fit(view);
        var soup = sweep.Soup;
        Assert.IsNotNull(soup);
        Assert.IsTrue(soup.Objectives[0] < sweep.Best.Loss && soup.Trials.Count >= 2, $"{soup} {sweep.Best}");

        // the mean of what its trials are trained to, to the ends of their rungs
        var model = sweep.SoupModel!.Fitted;
        var ancestors = sweep.SoupModel.Model.Recipe.Ancestry!.Parents;
        CollectionAssert.AreEqual(soup.Trials.Select(number => sweep.Trials[number].Recipe).ToArray(), ancestors.Select(parent => parent.Recipe).ToArray());
        Assert.IsTrue(ancestors.All(parent => parent.Kept));
        Assert.AreEqual(sweep.Model.Fitted.Origin, model.Origin);
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var again = Experiment(near, settings, folder: folder.FullName, points: 8).Fit(view);
            var mean = new double[model.Parameters.Length];
            foreach (var number in again.Soup!.Trials)
            {
                using var reader = new BinaryReader(File.OpenRead(Path.Combine(folder.FullName, $"trial-{number}.network")));
                var own = FittedNetwork.Read(reader).Parameters;
                for (var i = 0; i < mean.Length; i++)
                    mean[i] += own[i] / (double)soup.Trials.Count;
            }

            for (var i = 0; i < mean.Length; i++)
                Assert.AreEqual(mean[i], model.Parameters[i], 1e-6);
            Assert.AreEqual(soup, Experiment(near, settings, folder: folder.FullName, points: 8).Fit(view).Soup); // from what is there
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void Without_a_common_start_there_is_no_soup()
    {
        var sweep = Experiment(s_space with { Networks = [new Mlp { Layers = 1 }], Held = ["mlp.Layers"], Ranges = [new("mlp.Width", 4, 200)] }, new() { Trials = 2, Rungs = 1 }).Fit(Toy.Keyed(_ml, s_rows));
        Assert.AreEqual(2, sweep.Trials.Select(trial => trial.Recipe.Network).Distinct().Count());
        Assert.IsNull(sweep.Soup);
        Assert.IsNull(sweep.SoupModel);
    }

    [TestMethod]
    public void The_best_recipe_is_trained_once_more_on_all_rows()
    {
        var view = Toy.Keyed(_ml, s_rows);
        var plain = s_space with { Mixings = [] };
        var experiment = Experiment(plain);
        var best = experiment.Fit(view).Best;
        var alone = _ml.MulticlassClassification.Trainers.Network(best.Recipe with { HoldOut = 0, Epochs = best.BestEpoch }).Fit(view); // nothing in it depends on the length of the run
        CollectionAssert.AreEqual(Scores(alone, view), Scores(experiment.Refit(best, view), view));

        // rows that calibrate are not learned from
        var calibrated = Experiment(plain with { Base = s_space.Base with { Calibration = new TemperatureScaling() } });
        var own = calibrated.Fit(view).Best;
        var model = calibrated.Refit(own, view);
        Assert.IsInstanceOfType<TemperatureScaling>(model.Fitted.Calibrator!.Calibration);
        CollectionAssert.AreNotEqual(Scores(_ml.MulticlassClassification.Trainers.Network(own.Recipe with { HoldOut = 0, Epochs = own.BestEpoch, Calibration = null }).Fit(view), view), Scores(model, view));

        Assert.AreEqual("A trial that is trained once more must have succeeded, but is trial 3, which failed: why.", Assert.ThrowsExactly<ArgumentException>(() => experiment.Refit(best with { Number = 3, Failure = "why." }, view)).Message.Replace("..", ".", StringComparison.Ordinal));
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(() => Experiment(validation: view).Refit(best, view)).Message, "A trial is trained once more on the rows that the search held out, but the search has validation rows of its own");
    }

    [TestMethod]
    public void Where_nothing_is_searched_one_trial_is_all_there_is()
    {
        var log = Toy.Log(_ml);
        Assert.AreEqual(1, Experiment(new() { Base = s_space.Base }).Fit(Toy.Keyed(_ml, s_rows)).Trials.Count);
        Assert.IsTrue(log.Any(line => line.EndsWith("The space has nothing to search, so that one trial is all there is.", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Latency_is_measured_and_kept()
    {
        var view = Toy.Keyed(_ml, s_rows);
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var space = s_space with { Base = s_space.Base with { Epochs = 1 }, Networks = [new Mlp { Layers = 1, Width = 8 }, new Mlp { Layers = 4, Width = 512 }], Held = ["mlp.Layers", "mlp.Width"] };
            var settings = new SweepSettings { Trials = 4, Rungs = 1, Objectives = [SweepObjective.Loss, SweepObjective.Latency] };
            var sweep = Experiment(space, settings, folder: folder.FullName, points: 4).Fit(view);
            double Of(int layers) => sweep.Trials.Where(trial => ((Mlp)trial.Recipe.Network).Layers == layers).Min(trial => trial.Objectives[1]);
            Assert.IsTrue(Of(1) > 0 && Of(4) > 3 * Of(1), $"{Of(1)} {Of(4)}");
            Assert.AreEqual(string.Join("\n", sweep.Trials), string.Join("\n", Experiment(space, settings, folder: folder.FullName, points: 4).Fit(view).Trials));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void An_ensemble_that_teaches_is_trained_once_for_all_trials()
    {
        var view = Toy.Keyed(_ml, s_rows);
        var told = new Count();
        var teacher = Teacher.Ensemble(new() { Network = new Mlp { Layers = 1, Width = 8 }, Epochs = 3 }, 2, told);
        var folder = Directory.CreateTempSubdirectory("retort-tests-");
        try
        {
            var sweep = Experiment(teacher: teacher, folder: folder.FullName).Fit(view);
            Assert.AreEqual(2, told.Times);
            var alone = _ml.MulticlassClassification.Trainers.Network(sweep.Best.Recipe, teacher).Fit(view);
            CollectionAssert.AreEqual(Scores(alone, view), Scores(sweep.Model, view));
            Assert.AreEqual(4, told.Times);
            Experiment(settings: new() { Trials = 14, Rungs = 2 }, teacher: teacher, folder: folder.FullName).Fit(view); // more trials later
            Assert.AreEqual(4, told.Times);
            Assert.ThrowsExactly<InvalidDataException>(() => Experiment(folder: folder.FullName).Fit(view)); // without the teacher it is another search
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Points between the lower and the upper ends of all settings.</summary>
    private sealed class Line(SearchSpace space, int points) : ITuner
    {
        public Parameter Propose(TrialSettings settings) => space.SampleFromFeatureSpace([.. Enumerable.Repeat((settings.TrialId + 0.5) / points, space.FeatureSpaceDim)]);

        public void Update(TrialResult result)
        {
        }
    }

    private sealed class Count : IProgress<int>
    {
        private int _times;

        public int Times => _times;

        public void Report(int value) => Interlocked.Increment(ref _times);
    }
}
