// A network of 1,338 weights learns from a forest of LightGBM, most of whose rows have no label. Run it in the folder that holds samples.
// Where the package Microsoft.ML.LightGbm is not to be had, ML.NET's linear trainer teaches instead; the first line of the output says which.
// Expect the student that also hears the teacher on the rows without a label to be ten points or more ahead of the one that knows the labels alone.
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile("samples/data/digits.csv", [new("Features", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
var digits = ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Fit(rows).Transform(rows);
var split = ml.Data.TrainTestSplit(digits, testFraction: 0.25);

#if LIGHTGBM
Console.WriteLine("teacher: LightGBM");
var trees = ml.MulticlassClassification.Trainers.LightGbm();
#else
Console.WriteLine("teacher: L-BFGS, since Microsoft.ML.LightGbm is not to be had");
var trees = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy();
#endif
var teacher = ml.Transforms.NormalizeMinMax("Features").Append(trees).Fit(split.TrainSet);

// the student is given the labels of a tenth of the rows, and of the others what the teacher says
var parts = ml.Data.TrainTestSplit(split.TrainSet, testFraction: 0.9, seed: 2);
var recipe = new Recipe { Network = new Mlp { Layers = 1, Width = 16 } };
var alone = ml.MulticlassClassification.Trainers.Network(recipe).Fit(parts.TrainSet);
var taught = ml.MulticlassClassification.Trainers.Network(recipe, Teacher.Of(teacher), unlabeled: parts.TestSet).Fit(parts.TrainSet);

foreach (var (name, model) in new (string, ITransformer)[] { ("teacher", teacher), ("student, labels alone", alone), ("student, taught", taught) })
{
    var metrics = ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
    Console.WriteLine($"{name}: accuracy {metrics.MicroAccuracy:F3}, log-loss {metrics.LogLoss:F4}");
}
