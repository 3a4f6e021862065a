// Searches for the recipe of a network that tells digits apart: by Retort's own experiment, and beside a trainer of ML.NET's in AutoML's. Run it in the folder that holds samples.
// Expect a log-loss of about 0.17 on rows that no search has seen, and somewhat more from the three trials of AutoML.
using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.Data;
using Retort;

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile("samples/data/digits.csv", [new("Features", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
var digits = ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Fit(rows).Transform(rows);
var split = ml.Data.TrainTestSplit(digits, testFraction: 0.25);

var space = RecipeSpace.Fast with { Losses = [null, new BrierLoss()], Mixings = [null, new Mixup()] };
var sweep = ml.MulticlassClassification.Trainers.NetworkExperiment(space, new SweepSettings { Trials = 9, Objectives = [SweepObjective.Loss, SweepObjective.CalibrationError] }).Fit(split.TrainSet);
foreach (var trial in sweep.Pareto)
    Console.WriteLine($"trial {trial.Number}: log-loss {trial.Objectives[0]:F4}, calibration error {trial.Objectives[1]:F4}, {trial.Recipe.Loss?.GetType().Name ?? "cross-entropy"}, {trial.Recipe.Mixing?.GetType().Name ?? "no mixing"}");
Console.WriteLine($"best of {sweep.Trials.Count}: log-loss {ml.MulticlassClassification.Evaluate(sweep.Model.Transform(split.TestSet)).LogLoss:F4} on rows that the search has not seen");

var linear = ml.Auto().CreateSweepableEstimator((MLContext context, LinearSettings s) => context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l2Regularization: s.L2), new Microsoft.ML.SearchSpace.SearchSpace<LinearSettings>());
var choice = ml.Transforms.NormalizeMinMax("Features").Append(ml.Auto().Network(LearningTask.Multiclass, RecipeSpace.Fast), linear);
var best = await ml.Auto().CreateExperiment()
    .SetPipeline(choice)
    .SetDataset(split.TrainSet, fold: 2)
    .SetMulticlassClassificationMetric(MulticlassClassificationMetric.LogLoss, labelColumn: "Label")
    .SetRandomSearchTuner(seed: 1)
    .SetMaxModelToExplore(3)
    .RunAsync();
Console.WriteLine($"AutoML's best of 3: log-loss {ml.MulticlassClassification.Evaluate(best.Model.Transform(split.TestSet)).LogLoss:F4}");

internal sealed class LinearSettings
{
    [Microsoft.ML.SearchSpace.Range(1e-4f, 10f, 1f, true)]
    public float L2 { get; set; } = 1;
}
