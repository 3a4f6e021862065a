// Trains, saves, loads and scores; exit code 0 where the loaded model gives the scores of the trained one.
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort;

var ml = new MLContext(seed: 1);
var random = new Random(1);
var rows = Enumerable.Range(0, 300).Select(_ =>
{
    var x = new[] { random.NextSingle(), random.NextSingle() };
    return new Row { Features = x, Label = x[0] + x[1] > 1 };
}).ToArray();
var data = ml.Data.LoadFromEnumerable(rows);
var recipe = new Recipe { Network = new Mlp { Layers = 1, Width = 16 }, Epochs = 20 };
var model = ml.BinaryClassification.Trainers.Network(recipe).Fit(data);

using var file = new MemoryStream();
ml.Model.Save(model, data.Schema, file);
file.Position = 0;
var loaded = new MLContext().Model.Load(file, out _);

float[] Scores(ITransformer t) => [.. t.Transform(data).GetColumn<float>("Score")];
var (before, after) = (Scores(model), Scores(loaded));
var area = ml.BinaryClassification.Evaluate(loaded.Transform(data)).AreaUnderRocCurve;
Console.WriteLine($"{typeof(Recipe).Assembly.GetCustomAttributes(typeof(System.Runtime.Versioning.TargetFrameworkAttribute), false)
    .Cast<System.Runtime.Versioning.TargetFrameworkAttribute>().Single().FrameworkName} {loaded.GetType().Name} area={area:F3} equal={before.SequenceEqual(after)}");
return before.SequenceEqual(after) && area > 0.9 ? 0 : 1;

internal sealed class Row
{
    [VectorType(2)]
    public float[] Features { get; set; } = [];

    public bool Label { get; set; }
}
