using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Retort.Cli.Reports;

/// <summary>The data of a report as JSON that can stand in a page: <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> and quotes are escaped, so that no text ends the element that it stands in.</summary>
internal static class ReportJson
{
    private const int Digits = 6;

    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new Rounded() },
    };

    public static string Of(ReportData data) => JsonSerializer.Serialize(data, s_options);

    /// <summary>The same tree with numbers of few digits.</summary>
    public static JsonNode? Short(JsonNode? node) => node switch
    {
        JsonObject tree => new JsonObject(tree.Select(pair => KeyValuePair.Create(pair.Key, Short(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Short)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && !value.ToJsonString().All(char.IsAsciiDigit) => JsonValue.Create(double.Parse(Text(value.GetValue<double>()), CultureInfo.InvariantCulture)),
        _ => node?.DeepClone(),
    };

    private static string Text(double value) => value.ToString($"G{Digits}", CultureInfo.InvariantCulture);

    // a page needs no more digits; what is no number is null
    private sealed class Rounded : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (!double.IsFinite(value))
                writer.WriteNullValue();
            else if (Math.Abs(value) < 1e15 && value == Math.Floor(value))
                writer.WriteNumberValue((long)value);
            else
                writer.WriteRawValue(Text(value));
        }
    }
}
