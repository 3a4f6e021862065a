// Loads the model that Quickstart wrote, knowing nothing of how it was made, and reads one digit. Argument: the model.
using Microsoft.ML;
using Microsoft.ML.Data;

if (args.Length != 1)
{
    Console.Error.WriteLine("Usage: LoadModel <student.zip>: the model that Quickstart wrote");
    return 2;
}

var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
var engine = ml.Model.CreatePredictionEngine<Image, Digit>(model);
var prediction = engine.Predict(new Image { Features = Example.Seven });
Console.WriteLine($"{model.GetType().Name}: digit {prediction.PredictedLabel - 1}, probability {prediction.Score.Max():F3}"); // keys count from 1
return 0;

internal sealed class Image
{
    [VectorType(64)]
    public float[] Features { get; set; } = [];
}

internal sealed class Digit
{
    public uint PredictedLabel { get; set; }

    public float[] Score { get; set; } = [];
}

internal static class Example
{
    // a row of samples/data/digits.csv
    public static readonly float[] Seven =
    [
        0, 0, 0, 9, 15, 12, 0, 0,
        0, 0, 4, 7, 7, 14, 0, 0,
        0, 0, 0, 0, 0, 13, 3, 0,
        0, 4, 9, 8, 10, 13, 1, 0,
        0, 4, 16, 15, 16, 16, 6, 0,
        0, 0, 0, 0, 14, 3, 0, 0,
        0, 0, 0, 9, 12, 0, 0, 0,
        0, 0, 0, 11, 7, 0, 0, 0,
    ];
}
