using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Retort;

/// <summary>Spaces of recipes to JSON and back. What a part, the base or the space itself leaves out keeps its default, and is left out in writing.</summary>
internal static class RecipeSpaceJson
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly PropertyInfo[] s_lists = [.. Setting.Properties(typeof(RecipeSpace)).Where(property => property.Name is not (nameof(RecipeSpace.Base) or nameof(RecipeSpace.Ranges)))];

    public static string Write(RecipeSpace space)
    {
        var node = new JsonObject { [nameof(RecipeSpace.Base)] = Short(space.Base.ToJson(), new Recipe().ToJson()) };
        foreach (var property in s_lists)
        {
            var items = ((System.Collections.IEnumerable)property.GetValue(space)!).Cast<object?>().Select(Item).ToArray();
            if (items.Length > 0)
                node[property.Name] = new JsonArray(items);
        }

        if (space.Ranges.Count > 0)
            node[nameof(RecipeSpace.Ranges)] = new JsonObject(space.Ranges.Select(range => KeyValuePair.Create<string, JsonNode?>(range.Name, new JsonArray(range.Least, range.Most))));
        return node.ToJsonString(s_indented);

        static JsonNode? Item(object? item) => item switch
        {
            null => null,
            Part part => Short(MethodJson.Write(part), MethodJson.Write(Methods.Of(part).Create())),
            _ => JsonValue.Create((string)item),
        };
    }

    /// <exception cref="ArgumentException">The text is not JSON, or names a list, method or setting that is not there, or a value that does not fit.</exception>
    public static RecipeSpace Read(string text)
    {
        KeyValuePair<string, JsonNode?>[] entries;
        try
        {
            entries = JsonNode.Parse(text) is JsonObject given ? [.. given] : throw Check.Wrong("A space of recipes", "be a JSON object", "something else");
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"A space of recipes must be JSON, but line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} is not.");
        }

        var space = new RecipeSpace();
        foreach (var (name, node) in entries)
            if (name == nameof(RecipeSpace.Base))
                space = space with { Base = Recipe.FromJson(node?.ToJsonString() ?? "null") };
            else if (name == nameof(RecipeSpace.Ranges))
                space = space with { Ranges = Ranges(node) };
            else if (s_lists.FirstOrDefault(property => property.Name == name) is { } property)
                property.SetValue(space, List(property, node)); // an init accessor is an ordinary setter to reflection
            else
                throw new ArgumentException($"RecipeSpace has no list '{name}'; it has {string.Join(", ", Setting.Properties(typeof(RecipeSpace)).Select(own => $"'{own.Name}'"))}.");
        space.Validate();
        return space;
    }

    private static object List(PropertyInfo property, JsonNode? node)
    {
        if (node is not JsonArray items)
            throw Check.Wrong($"{property.Name} of a space", "be a list", node?.ToJsonString() ?? "null");
        var type = property.PropertyType.GetGenericArguments()[0];
        var values = Array.CreateInstance(type, items.Count);
        for (var i = 0; i < items.Count; i++)
            values.SetValue(Item(type, items[i], property.Name), i);
        return typeof(RecipeSpaceJson).GetMethod(nameof(ListOf), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, [values])!;
    }

    private static ValueList<T> ListOf<T>(T[] values) => ValueList.Of<T>(values);

    private static object? Item(Type type, JsonNode? node, string list)
    {
        if (type != typeof(string))
            return node is null ? null : MethodJson.Read(type, node.ToJsonString());
        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Check.Wrong($"A name in {list}", "be a text", node?.ToJsonString() ?? "null");
    }

    private static ValueList<SettingRange> Ranges(JsonNode? node)
    {
        if (node is not JsonObject ranges)
            throw Check.Wrong("Ranges of a space", "be a JSON object with a list of two numbers for each setting", node?.ToJsonString() ?? "null");
        return [.. ranges.Select(range => range.Value is JsonArray { Count: 2 } ends && ends[0] is JsonValue low && low.TryGetValue<double>(out var least) && ends[1] is JsonValue high && high.TryGetValue<double>(out var most)
            ? new SettingRange(range.Key, least, most)
            : throw Check.Wrong($"The range of '{range.Key}'", "be a list of two numbers", range.Value?.ToJsonString() ?? "null"))];
    }

    /// <summary>What of a record's JSON differs from that of a fresh one; its method always.</summary>
    private static JsonObject Short(string own, string fresh)
    {
        var (kept, defaults) = (new JsonObject(), JsonNode.Parse(fresh)!.AsObject());
        foreach (var (name, value) in JsonNode.Parse(own)!.AsObject())
            if (name == "$type" || !JsonNode.DeepEquals(value, defaults[name]))
                kept[name] = value?.DeepClone();
        return kept;
    }
}
