// Several networks become one that is no bigger than one of them. Run it in the folder that holds samples.
// Expect a soup whose loss on held-out rows is at most that of its best ingredient (on so small a table that may be all of it), and of two networks,
// each of which has seen one half of the digits, a mean that knows them all.
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile("samples/data/digits.csv", [new("Features", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
var digits = ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Fit(rows).Transform(rows);
var split = ml.Data.TrainTestSplit(digits, testFraction: 0.25);
var trainers = ml.MulticlassClassification.Trainers;

// a soup: one start, several recipes side by side, and the mean of those that help
Recipe[] recipes = [.. new[] { 0.001, 0.002, 0.004, 0.008 }.Select((rate, i) => new Recipe { Epochs = 15, Seed = i, Optimizer = new AdamW { LearningRate = rate } })];
var soup = trainers.Soup(recipes, new GreedySoup(), startEpochs: 3).Fit(split.TrainSet);
var outcome = soup.Model.Soup!;
Console.WriteLine($"ingredients: {string.Join(", ", outcome.IngredientLosses.Select(loss => $"{loss:F4}"))} on the rows held out; soup of {outcome.Kept.Count(kept => kept)}: {outcome.Loss:F4}");
Report("soup", soup);

// a merge: two networks from one start, each trained on one half of the digits
var start = trainers.Network(new Recipe { Epochs = 3 }).Fit(split.TrainSet);
var low = trainers.Network(new Recipe { Epochs = 10 }, start: start).Fit(ml.Data.FilterRowsByColumn(split.TrainSet, "Digit", upperBound: 5));
var high = trainers.Network(new Recipe { Epochs = 10 }, start: start).Fit(ml.Data.FilterRowsByColumn(split.TrainSet, "Digit", lowerBound: 5));
Report("digits 0 to 4", low);
Report("digits 5 to 9", high);
Report("merged", ml.Model.Merge([low, high], new UniformMerging()));

void Report(string name, ITransformer model)
{
    var metrics = ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
    Console.WriteLine($"{name}: accuracy {metrics.MicroAccuracy:F3}, log-loss {metrics.LogLoss:F3}");
}
