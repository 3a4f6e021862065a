using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;
using SearchSpace = Microsoft.ML.SearchSpace.SearchSpace;

namespace Retort.Tests;

/// <summary>ML.NET's checkpoint of an experiment: a file of losses and feature vectors, from which trials go on.</summary>
[TestClass]
public sealed class ExperimentCheckpointTests
{
    private static async Task<Witness> Run(string folder, int trials, SearchSpace space)
    {
        var witness = new Witness();
        await new MLContext(1).Auto().CreateExperiment(new AutoMLExperiment.AutoMLExperimentSettings { Seed = 1 })
            .AddSearchSpace("own", space)
            .SetTrialRunner(_ => Trials.Of(settings => Math.Abs(settings.Parameter["own"]["x"].AsType<double>() - 0.5)))
            .SetMonitor(witness)
            .SetCostFrugalTuner()
            .SetCheckpoint(folder)
            .SetMaxModelToExplore(trials)
            .RunAsync();
        return witness;
    }

    [TestMethod]
    public async Task Trials_are_numbered_on_and_the_tuner_begins_anew()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var space = new SearchSpace { ["x"] = new UniformDoubleOption(-1, 1) };
            var first = await Run(folder, 20, space);
            var file = Directory.GetFiles(folder, "trialResults-*.csv").Single();
            Assert.AreEqual(20, File.ReadAllLines(file).Length - 1);

            var second = await Run(folder, 5, space);
            var left = first.Completed.Max(r => r.TrialSettings.TrialId);
            Assert.IsTrue(second.Running.All(s => s.TrialId > left));
            Assert.AreEqual(first.Completed[0].Loss, second.Completed[0].Loss);
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    [TestMethod]
    [DataRow("random"), DataRow("cost-frugal")]
    public async Task A_sweep_over_pipelines_goes_on_too(string tuner)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            for (var run = 0; run < 2; run++)
            {
                var (ml, witness) = (new MLContext(1), new Witness());
                var own = new SearchSpace<Shift>();
                var pipeline = ml.Transforms.CopyColumns("b", "a").Append(
                    ml.Auto().CreateSweepableEstimator((context, _) => context.Transforms.CopyColumns("c", "b"), own), ml.Auto().CreateSweepableEstimator((context, _) => context.Transforms.CopyColumns("d", "b"), own));
                var experiment = ml.Auto().CreateExperiment().SetPipeline(pipeline).SetMonitor(witness).SetTrialRunner(_ => Trials.Of(_ => run)).SetCheckpoint(folder);
                experiment = tuner == "random" ? experiment.SetRandomSearchTuner(1) : experiment.SetCostFrugalTuner();
                await experiment.SetMaxModelToExplore(4).RunAsync();
                Assert.AreEqual(0, witness.Failed.Count);
                Assert.IsTrue(witness.Running[0].TrialId >= 4 * run);
            }
            Assert.AreEqual(8, File.ReadAllLines(Directory.GetFiles(folder, "trialResults-*.csv").Single()).Length - 1);
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    public sealed class Shift
    {
        [Range(-1.0, 1.0, -1.0)]
        public double X { get; set; }
    }
}
