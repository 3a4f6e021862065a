using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Tests;

/// <summary>Rows whose classes overlap, so that an honest model is often unsure: three classes, and a truth that is drawn from a known probability.</summary>
internal static class Noisy
{
    public const int Features = 6;

    public sealed class Row
    {
        public string Class { get; set; } = "";

        public bool Flag { get; set; }

        public float Value { get; set; }

        [VectorType(Noisy.Features)]
        public float[] Features { get; set; } = [];

        /// <summary>Logits of the classes red, green and blue that are three times too sure.</summary>
        [VectorType(3)]
        public float[] Logits { get; set; } = [];

        /// <summary>A logit of <see cref="Flag"/> that is three times too sure.</summary>
        public float Margin { get; set; }

        public float Weight { get; set; } = 1;

        public int Person { get; set; }

        public int Number { get; set; }
    }

    public static readonly string[] Classes = ["red", "green", "blue"];

    public static List<Row> Rows(int count, int seed = 3)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var features = Enumerable.Range(0, Features).Select(_ => (float)(random.NextDouble() * 4 - 2)).ToArray();
            double[] logits = [features[0], features[1], 0.5 * features[2]];
            var odds = logits.Select(Math.Exp).ToArray();
            var draw = random.NextDouble() * odds.Sum();
            var kind = draw < odds[0] ? 0 : draw < odds[0] + odds[1] ? 1 : 2;
            return new Row
            {
                Class = Classes[kind],
                Flag = random.NextDouble() < 1 / (1 + Math.Exp(-features[0])),
                Value = features[0] + (float)random.NextDouble(),
                Features = features,
                Logits = [.. logits.Select(logit => (float)(3 * logit))],
                Margin = 3 * features[0],
                Person = i / 4,
                Number = i,
            };
        })];
    }

    public static IDataView View(MLContext ml, IEnumerable<Row> rows) => ml.Data.LoadFromEnumerable(rows);

    /// <summary>The rows with Label as a key whose values are in the given order, or in that of the rows.</summary>
    public static IDataView Keyed(MLContext ml, IEnumerable<Row> rows, params string[] order)
    {
        var view = View(ml, rows);
        var keys = order.Length == 0 ? null : ml.Data.LoadFromEnumerable(order.Select(name => new Key { Class = name }));
        return ml.Transforms.Conversion.MapValueToKey("Label", nameof(Row.Class), keyData: keys).Fit(view).Transform(view);
    }

    private sealed class Key
    {
        public string Class { get; set; } = "";
    }
}
