// A small network learns to tell hand-written digits from a bigger one. Arguments: samples/data/digits.csv, and the model to write.
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

if (args.Length != 2)
{
    Console.Error.WriteLine("Usage: FirstStudent <samples/data/digits.csv> <student.zip>: the table to read and the model to write");
    return 2;
}

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile(args[0], [new("Pixels", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
var digits = ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Fit(rows).Transform(rows);
var split = ml.Data.TrainTestSplit(digits, testFraction: 0.25);
var pixels = ml.Transforms.NormalizeMinMax("Features", "Pixels");

var big = new Recipe { Network = new Mlp { Layers = 2, Width = 128 }, Epochs = 30 };
var teacher = pixels.Append(ml.MulticlassClassification.Trainers.Network(big)).Fit(split.TrainSet);

var small = new Recipe { Network = new Mlp { Layers = 1, Width = 16 }, Distillation = new SoftTargets { Temperature = 2 } };
var student = pixels.Append(ml.MulticlassClassification.Trainers.Network(small, Teacher.Of(teacher))).Fit(split.TrainSet);

foreach (var (name, model) in new (string, ITransformer)[] { ("teacher", teacher), ("student", student) })
    Console.WriteLine($"{name}: accuracy {ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet)).MicroAccuracy:F3}");
ml.Model.Save(student, rows.Schema, args[1]);
return 0;
