// Any multiclass model learns how sure it may be: here ML.NET's linear trainer. Run it in the folder that holds samples.
// Expect the confidence of the model as trained to miss its accuracy by 14 to 15 %, calibrated by less than 1 %, at the same accuracy.
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile("samples/data/digits.csv", [new("Features", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
var digits = ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Fit(rows).Transform(rows);
var split = ml.Data.TrainTestSplit(digits, testFraction: 0.6);

// each row is scored by a model that has not seen it, and from these scores the calibration is learned
var pipeline = ml.Transforms.NormalizeMinMax("Features").Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
var asTrained = pipeline.Fit(split.TrainSet);
var calibrated = ml.MulticlassClassification.Calibrate(pipeline, new TemperatureScaling(), folds: 5).Fit(split.TrainSet);

foreach (var (name, model) in new (string, ITransformer)[] { ("as trained", asTrained), ("calibrated", calibrated) })
{
    var metrics = ml.MulticlassClassification.EvaluateCalibration(model.Transform(split.TestSet));
    Console.WriteLine($"{name}: accuracy {metrics.Accuracy}, log-loss {metrics.LogLoss}, calibration error {metrics.DebiasedCalibrationError}");
}

// sets of digits that hold the true one 98 times in 100; a set of several says that the model does not know
var sets = ml.MulticlassClassification.Conformal(pipeline, new ConformalSets { Coverage = 0.98 }).Fit(split.TrainSet).Transform(split.TestSet);
var held = sets.GetColumn<bool[]>("PredictionSet").Zip(sets.GetColumn<float>("Digit"), (set, digit) => set[(int)digit]);
Console.WriteLine($"sets of {sets.GetColumn<int>("SetSize").Average():F2} digits hold the true one in {held.Average(hit => hit ? 1.0 : 0):P1} of the rows");

ml.Model.Save(calibrated, rows.Schema, "calibrated.zip");
