using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Microsoft.ML.SearchSpace;

internal sealed class ParameterConverter : JsonConverter<Parameter>
{
    public override Parameter Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parameter.FromNode(JsonNode.Parse(ref reader));

    public override void Write(Utf8JsonWriter writer, Parameter value, JsonSerializerOptions options)
    {
        if (value.ToNode() is { } node) node.WriteTo(writer, options);
        else writer.WriteNullValue();
    }
}
