// A linear model of ML.NET learns how sure it may be of its digits. Arguments: samples/data/digits.csv, and the model to write.
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

if (args.Length != 2)
{
    Console.Error.WriteLine("Usage: Calibrate <samples/data/digits.csv> <model.zip>: the table to read and the model to write");
    return 2;
}

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile(args[0], [new("Pixels", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
var digits = ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Fit(rows).Transform(rows);
var split = ml.Data.TrainTestSplit(digits, testFraction: 0.6);

var pipeline = ml.Transforms.NormalizeMinMax("Features", "Pixels").Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
var asTrained = pipeline.Fit(split.TrainSet);
var calibrated = ml.MulticlassClassification.Calibrate(pipeline, new TemperatureScaling(), folds: 5).Fit(split.TrainSet);

foreach (var (name, model) in new (string, ITransformer)[] { ("as trained", asTrained), ("calibrated", calibrated) })
{
    var metrics = ml.MulticlassClassification.EvaluateCalibration(model.Transform(split.TestSet));
    Console.WriteLine($"{name}: accuracy {metrics.Accuracy}, log-loss {metrics.LogLoss}, calibration error {metrics.DebiasedCalibrationError}");
}

ml.Model.Save(calibrated, rows.Schema, args[1]);
return 0;
