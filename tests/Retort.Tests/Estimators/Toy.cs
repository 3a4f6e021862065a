using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Small tables for tests of trainers: three classes that features tell apart, a flag, a value, and columns to carry along.</summary>
internal static class Toy
{
    public const int Features = 4;

    public sealed class Row
    {
        public string Class { get; set; } = "";

        public bool Flag { get; set; }

        public float Value { get; set; }

        [VectorType(Toy.Features)]
        public float[] Features { get; set; } = [];

        public string Color { get; set; } = "";

        public float Weight { get; set; } = 1;

        public string Name { get; set; } = "";

        public string[] Words { get; set; } = [];

        public int Number { get; set; }
    }

    /// <summary>A recipe that trains in a moment.</summary>
    public static Recipe Quick => new() { Epochs = 4 };

    public static List<Row> Rows(int count, params string[] classes)
    {
        var names = classes.Length > 0 ? classes : ["red", "green", "blue"];
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var kind = i % names.Length;
            var features = Enumerable.Range(0, Features).Select(j => (j == kind ? 2f : 0f) + (float)random.NextDouble()).ToArray();
            return new Row
            {
                Class = names[kind],
                Flag = kind == 0,
                Value = 3 * features[0] - features[1] + 4,
                Features = features,
                Color = i % 2 == 0 ? "dark" : "light",
                Name = $"row {i}",
                Words = [.. Enumerable.Range(0, i % 4).Select(w => $"word {w} of {i}")],
                Number = i,
            };
        })];
    }

    public static IDataView View(MLContext ml, IEnumerable<Row> rows) => ml.Data.LoadFromEnumerable(rows);

    /// <summary>The rows with Label as a key of the class.</summary>
    public static IDataView Keyed(MLContext ml, IEnumerable<Row> rows)
    {
        var view = View(ml, rows);
        return ml.Transforms.Conversion.MapValueToKey("Label", nameof(Row.Class)).Fit(view).Transform(view);
    }

    public static MulticlassNetworkTransformer Multiclass(MLContext ml, IDataView keyed) =>
        ml.MulticlassClassification.Trainers.Network(Quick).Fit(keyed);

    public static List<string> Log(MLContext ml)
    {
        var messages = new List<string>();
        ml.Log += (_, e) =>
        {
            lock (messages)
                messages.Add($"{e.Kind}: {e.RawMessage}");
        };
        return messages;
    }

    public static void Throws<T>(string message, Action action) where T : Exception =>
        Assert.AreEqual(message, Assert.ThrowsExactly<T>(action).Message);
}
