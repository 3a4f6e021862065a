// A small network learns to tell hand-written digits from a bigger one. Run it in the folder that holds samples: dotnet run --project samples/Quickstart
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

var ml = new MLContext(seed: 1);
var rows = ml.Data.LoadFromTextFile("samples/data/digits.csv", [new("Features", DataKind.Single, 0, 63), new("Digit", DataKind.Single, 64)], separatorChar: ',', hasHeader: true);
var digits = ml.Transforms.Conversion.MapValueToKey("Label", "Digit").Fit(rows).Transform(rows);
var split = ml.Data.TrainTestSplit(digits, testFraction: 0.25);

var big = new Recipe { Network = new Mlp { Layers = 2, Width = 128 }, Epochs = 30 };
var teacher = ml.MulticlassClassification.Trainers.Network(big).Fit(split.TrainSet);
var small = new Recipe { Network = new Mlp { Layers = 1, Width = 16 }, Distillation = new SoftTargets { Temperature = 2 } };
var student = ml.MulticlassClassification.Trainers.Network(small, Teacher.Of(teacher)).Fit(split.TrainSet);

Console.WriteLine($"accuracy {ml.MulticlassClassification.Evaluate(student.Transform(split.TestSet)).MicroAccuracy:F3} with {student.Model.Parameters} weights");
ml.Model.Save(student, rows.Schema, "student.zip");

// Expect both near 96 %, the student at a twentieth of the teacher's weights.
Console.WriteLine($"teacher: accuracy {ml.MulticlassClassification.Evaluate(teacher.Transform(split.TestSet)).MicroAccuracy:F3} with {teacher.Model.Parameters} weights");
