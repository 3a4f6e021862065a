using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Retort.Tests;

/// <summary>A table with names that C# has no liking for, some values missing, and the model that is trained on it.</summary>
internal sealed record ConsumptionCase(string Task, string Label, string Namespace, string[] Columns, Func<Random, (JsonNode?[] Values, string Label)> Draw)
{
    public static ConsumptionCase Binary { get; } = new("binary", "is it?", "IsItModel", ["ModelInput", "string", "namespace", "Equals"], random =>
    {
        var (x, truth) = (Number(random), random.Next(2) == 0);
        return ([Gap(random, x), Text(random, "red", "green", "\"quoted\", with a comma"), truth, Gap(random, Number(random))], x + (truth ? 0.5 : 0) > 0 ? "1" : "0");
    });

    public static ConsumptionCase Multiclass { get; } = new("multiclass", "class", "ClassModel", ["1st \"x\" value", "a-b", "a_b", "größe"], random =>
    {
        var (x, y) = (Number(random), Number(random));
        return ([Gap(random, x), Text(random, "Bonn", "Ulm", "Köln"), random.Next(2) == 0, Gap(random, y)], x > 0.3 ? "a" : y > 0 ? "b \\ c" : "d\"q\"");
    });

    public static ConsumptionCase Regression { get; } = new("regression", "<price> in €", "PriceInModel", ["日本", "a b", "a  b", "{{x}} \\n", "1"], random =>
    {
        var (x, y) = (Number(random), Number(random));
        return ([Gap(random, x), Gap(random, y), Gap(random, Number(random)), Text(random, "none", "null", "😀"), Gap(random, Number(random))], (3 * x - y).ToString("G5", CultureInfo.InvariantCulture));
    });

    public static ConsumptionCase[] All { get; } = [Binary, Multiclass, Regression];

    /// <summary>Rows as a table, and as what is sent for them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Where random numbers begin.</param>
    /// <param name="unseen">A text, for every seventh row, that is not in the rows to learn from.</param>
    public (string[] Table, JsonArray Rows) Make(int count, int seed, string? unseen = null)
    {
        var random = new Random(seed);
        var rows = new JsonArray();
        List<string> lines = [string.Join(',', Columns.Append(Label).Select(Quoted))];
        for (var i = 0; i < count; i++)
        {
            var (values, label) = Draw(random);
            if (unseen is not null && i % 7 == 0)
                values = [.. values.Select(value => value?.GetValueKind() == JsonValueKind.String ? JsonValue.Create(unseen) : value)];
            lines.Add(string.Join(',', values.Select(value => Quoted(Cell(value))).Append(Quoted(label))));
            rows.Add(new JsonObject(Columns.Zip(values, KeyValuePair.Create)));
        }

        return ([.. lines], rows);
    }

    private static string Cell(JsonNode? value) => value is null ? "" : value.ToString();

    private static string Quoted(string text) => text.Contains('"') || text.Contains(',') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static float Number(Random random) => MathF.Round((random.NextSingle() * 4) - 2, 3);

    private static JsonNode? Gap(Random random, float number) => random.Next(8) == 0 ? null : JsonValue.Create(number);

    private static JsonNode? Text(Random random, params string[] texts) => random.Next(10) == 0 ? null : JsonValue.Create(texts[random.Next(texts.Length)]);
}
