// Mixtures of rows help a trainer of ML.NET's that knows nothing of them. Run it in the folder that holds samples.
// Expect log-loss and calibration error to fall by a tenth or more, the accuracy to stay.
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile("samples/data/digits.csv", [new("Features", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Append(ml.Transforms.NormalizeMinMax("Features"));
var digits = pipeline.Fit(rows).Transform(rows);
var split = ml.Data.TrainTestSplit(digits, testFraction: 0.25);

// the table's rows and as many mixtures; a mixture of two digits is there twice, weighted by its shares
var mixed = ml.Data.Mix(split.TrainSet, new Mixup { Alpha = 0.2 });
var plain = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(split.TrainSet);
var helped = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(exampleWeightColumnName: "Weight").Fit(mixed);

foreach (var (name, model) in new (string, ITransformer)[] { ("rows", plain), ("rows and mixtures", helped) })
{
    var metrics = ml.MulticlassClassification.EvaluateCalibration(model.Transform(split.TestSet));
    Console.WriteLine($"{name}: accuracy {metrics.Accuracy.Value:F3}, log-loss {metrics.LogLoss.Value:F3}, calibration error {metrics.ExpectedCalibrationError.Value:F3}");
}
