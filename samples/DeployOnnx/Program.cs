// A network leaves as a file of ONNX, and as a model of ML.NET's own parts. Run it in the folder that holds samples.
// Expect ONNX Runtime to be right in about 97 % of the held-out rows, and no probability of the portable model to differ from ours by more than 1e-5.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Retort;

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile("samples/data/digits.csv", [new("Pixels", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
var split = ml.Data.TrainTestSplit(rows, testFraction: 0.3);

var model = ml.Transforms.NormalizeMinMax("Features", "Pixels")
    .Append(ml.Transforms.Conversion.MapValueToKey("Label", "Digit"))
    .Append(ml.MulticlassClassification.Trainers.Network(new Recipe { Epochs = 20, Calibration = new TemperatureScaling() }))
    .Fit(split.TrainSet);

using (var file = File.Create("digits.onnx"))
    ml.Model.SaveOnnx(model, split.TrainSet, file);
using (var file = File.Create("portable.zip"))
    ml.Model.SavePortable(model, split.TrainSet, file);

// ONNX Runtime: the columns of the data go in as they are
var pixels = split.TestSet.GetColumn<float[]>("Pixels").ToArray();
using var session = new InferenceSession("digits.onnx");
using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("Pixels", new DenseTensor<float>(pixels.SelectMany(row => row).ToArray(), [pixels.Length, 64]))]);
var predicted = outputs.First(output => output.Name == "PredictedLabel").AsEnumerable<long>();
Console.WriteLine($"ONNX Runtime: accuracy {predicted.Zip(split.TestSet.GetColumn<float>("Digit"), (found, digit) => found == digit ? 1.0 : 0).Average():F3}");

// ML.NET: what is loaded holds nothing of ours
var portable = ml.Model.Load("portable.zip", out _);
var (own, there) = (model.Transform(split.TestSet).GetColumn<float[]>("Score"), portable.Transform(split.TestSet).GetColumn<float[]>("Score"));
Console.WriteLine($"ML.NET: the largest difference of a probability is {own.Zip(there, (a, b) => a.Zip(b, (p, q) => Math.Abs(p - q)).Max()).Max():E0}");
