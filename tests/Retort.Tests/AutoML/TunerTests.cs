using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;
using SearchSpace = Microsoft.ML.SearchSpace.SearchSpace;

namespace Retort.Tests;

/// <summary>What ML.NET's tuners propose.</summary>
[TestClass]
public sealed class TunerTests
{
    private static async Task<List<TrialResult>> Run(SearchSpace space, Func<AutoMLExperiment, AutoMLExperiment> tuner, int trials, Func<Parameter, double> loss, int seed = 1)
    {
        var witness = new Witness();
        var experiment = new MLContext(seed).Auto().CreateExperiment(new AutoMLExperiment.AutoMLExperimentSettings { Seed = seed })
            .AddSearchSpace("own", space)
            .SetTrialRunner(_ => Trials.Of(settings => loss(settings.Parameter["own"])))
            .SetMonitor(witness);
        await tuner(experiment).SetMaxModelToExplore(trials).RunAsync();
        return witness.Completed;
    }

    private static double Bowl(Parameter p) => Math.Pow(p["x"].AsType<double>() - 0.5, 2) + Math.Pow(p["y"].AsType<double>() + 0.25, 2) + Math.Pow(p["z"].AsType<double>() - 0.1, 2);

    private static SearchSpace Cube => new()
    {
        ["x"] = new UniformDoubleOption(-1, 1, false, -1),
        ["y"] = new UniformDoubleOption(-1, 1, false, 1),
        ["z"] = new UniformDoubleOption(-1, 1, false, -1),
    };

    [TestMethod]
    public async Task The_grid_has_every_combination_of_choices_once()
    {
        var space = new SearchSpace { ["a"] = new ChoiceOption("p", "q"), ["b"] = new ChoiceOption(1, 2, 3) };
        var results = await Run(space, e => e.SetGridSearchTuner(), 6, _ => 0);
        Assert.AreEqual(6, results.Select(r => r.TrialSettings.Parameter["own"].ToString()).Distinct().Count());
    }

    [TestMethod]
    public async Task The_random_tuner_covers_the_space_and_follows_its_seed()
    {
        var first = await Run(Cube, e => e.SetRandomSearchTuner(3), 40, Bowl);
        var second = await Run(Cube, e => e.SetRandomSearchTuner(3), 40, Bowl);
        CollectionAssert.AreEqual(first.ConvertAll(r => r.Loss), second.ConvertAll(r => r.Loss));
        var x = first.ConvertAll(r => r.TrialSettings.Parameter["own"]["x"].AsType<double>());
        Assert.IsTrue(x.Min() < -0.7 && x.Max() > 0.7);
    }

    [TestMethod]
    public async Task The_cost_frugal_tuner_begins_at_the_start_of_the_space()
    {
        var results = await Run(Cube, e => e.SetCostFrugalTuner(), 2, Bowl);
        Assert.AreEqual(Bowl(Cube.SampleFromFeatureSpace(Cube.Default)), results[0].Loss, 1e-12);
    }

    [TestMethod]
    public async Task The_cost_frugal_tuner_goes_downhill() // from a corner, where the loss is 5.02
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var results = await Run(Cube, e => e.SetCostFrugalTuner(), 150, Bowl, seed);
            Assert.IsTrue(results.Min(r => r.Loss) < 0.05, $"seed {seed}: {results.Min(r => r.Loss)}");
        }
    }

    [TestMethod]
    public void The_model_based_tuner_is_the_originals_alone()
    {
        var experiment = new MLContext().Auto().CreateExperiment();
        try { Assert.AreSame(experiment, experiment.SetSmacTuner()); }
        catch (NotSupportedException e) { StringAssert.Contains(e.Message, "Microsoft.ML.AutoML"); }
    }

    [TestMethod]
    public async Task Trainers_are_swept_side_by_side_and_the_cheap_one_first()
    {
        // both have the same kind and start; one takes a hundred times as long and is worse
        var ml = new MLContext(1);
        var (cheap, dear) = (Own(ml), Own(ml));
        var pipeline = ml.Transforms.CopyColumns("a", "b").Append(cheap, dear);
        var witness = new Witness();
        await ml.Auto().CreateExperiment(new AutoMLExperiment.AutoMLExperimentSettings { Seed = 1 }).SetPipeline(pipeline).SetMonitor(witness).SetTrialRunner(_ => new Slow(pipeline)).SetMaxModelToExplore(60).RunAsync();
        var counts = witness.Completed.GroupBy(r => r.DurationInMilliseconds).ToDictionary(g => g.Key, g => g.Count());
        Assert.IsTrue(counts[1] > 40, $"{counts[1]} of 60");
        Assert.IsTrue(witness.Completed.All(r => pipeline.BuildFromOption(ml, r.TrialSettings.Parameter["_pipeline_"]) is not null));
    }

    public sealed class Shift
    {
        [Range(-1.0, 1.0, -1.0)]
        public double X { get; set; }
    }

    private static SweepableEstimator Own(MLContext ml) => ml.Auto().CreateSweepableEstimator((context, _) => context.Transforms.CopyColumns("c", "a"), new SearchSpace<Shift>());

    private sealed class Slow(SweepablePipeline pipeline) : ITrialRunner
    {
        public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken ct)
        {
            var parameter = settings.Parameter["_pipeline_"];
            var chosen = pipeline.Estimators.Keys.Order().Skip(1).Single(key => parameter["_SCHEMA_"].AsType<string>().Split(' ').Contains(key));
            var (x, isDear) = (parameter[chosen]["X"].AsType<double>(), chosen == pipeline.Estimators.Keys.Order().Last());
            var loss = x * x + (isDear ? 2 : 0);
            return Task.FromResult(new TrialResult { TrialSettings = settings, Loss = loss, Metric = loss, DurationInMilliseconds = isDear ? 100 : 1 });
        }

        public void Dispose() { }
    }
}
