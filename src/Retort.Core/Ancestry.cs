using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Retort;

/// <summary>What a merged network was made of. It travels in the recipe's JSON; a trainer neither reads nor keeps it.</summary>
/// <param name="Method">The merging or soup, with its settings.</param>
/// <param name="Start">The SHA-256 of the weights that all parents began from; null where there was no common start.</param>
/// <param name="Parents">The networks that were merged, in the order in which they were given.</param>
[JsonConverter(typeof(AncestryJson))]
public sealed record Ancestry(Part Method, string? Start, ValueList<Ancestor> Parents)
{
    /// <summary>The ancestry as C# would write it, the same in every culture.</summary>
    public override string ToString() => $"Ancestry {{ Method = {Method}, Start = {Setting.PrintValue(Start)}, Parents = {Parents} }}";
}

/// <summary>One of the networks that another was made of.</summary>
/// <param name="Weights">The SHA-256 of its weights.</param>
/// <param name="Kept">Whether it is in the result; a soup leaves some out.</param>
/// <param name="Recipe">What it was trained by; with an ancestry of its own where it was merged.</param>
public sealed record Ancestor(string Weights, bool Kept, Recipe Recipe)
{
    /// <summary>The ancestor as C# would write it, the same in every culture.</summary>
    public override string ToString() => $"Ancestor {{ Weights = \"{Weights}\", Kept = {Kept}, Recipe = {Recipe} }}";
}

/// <summary>An <see cref="Ancestry"/> as a JSON object, its parts and recipes as they are written everywhere.</summary>
internal sealed class AncestryJson : JsonConverter<Ancestry>
{
    public override Ancestry Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        try
        {
            var node = JsonNode.Parse(ref reader)!.AsObject();
            return new(MethodJson.Read<Part>(Text(node, "Method")), node["Start"]?.GetValue<string>(), ValueList.Of<Ancestor>([.. node["Parents"]!.AsArray().Select(parent => new Ancestor(
                parent!["Weights"]!.GetValue<string>(), parent["Kept"]!.GetValue<bool>(), Recipe.FromJson(Text(parent, "Recipe"))))]));
        }
        catch (Exception e) when (e is NullReferenceException or InvalidOperationException)
        {
            throw new JsonException("An ancestry must have Method, Start and Parents.", e);
        }

        static string Text(JsonNode node, string name) => node[name]!.ToJsonString();
    }

    public override void Write(Utf8JsonWriter writer, Ancestry value, JsonSerializerOptions options) => new JsonObject
    {
        ["Method"] = JsonNode.Parse(value.Method.ToJson()),
        ["Start"] = value.Start,
        ["Parents"] = new JsonArray([.. value.Parents.Select(parent => (JsonNode)new JsonObject { ["Weights"] = parent.Weights, ["Kept"] = parent.Kept, ["Recipe"] = JsonNode.Parse(parent.Recipe.ToJson()) })]),
    }.WriteTo(writer, options);
}
