using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Retort;

/// <summary>Records of settings to JSON and back. A part begins with the id of its method in <c>$type</c>.</summary>
internal static class MethodJson
{
    private const string Discriminator = "$type";

    private static readonly JsonSerializerOptions Values = new() { Converters = { new JsonStringEnumConverter(null, allowIntegerValues: false) } };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write(object record) => ToNode(record).ToJsonString(Indented);

    /// <exception cref="ArgumentException">The text is not JSON, or names a method or setting that is not there, or a value that does not fit.</exception>
    public static T Read<T>(string text) where T : class => (T)Read(typeof(T), text);

    /// <summary>The same for a type that is known only at run time.</summary>
    public static object Read(Type type, string text)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(text);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"{type.Name} must be JSON, but line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} is not.");
        }

        return FromNode(type, node, type.Name);
    }

    private static JsonObject ToNode(object record)
    {
        var node = new JsonObject();
        if (record is Part part)
            node[Discriminator] = Methods.Of(part).Id;
        foreach (var property in Setting.Properties(record.GetType()).Where(property => !Setting.IsLeftOut(property, property.GetValue(record))))
            node[property.Name] = property.GetValue(record) switch
            {
                null => null,
                Part nested => ToNode(nested),
                var value => JsonSerializer.SerializeToNode(value, property.PropertyType, Values),
            };
        return node;
    }

    private static object FromNode(Type type, JsonNode? node, string name)
    {
        if (node is not JsonObject entries)
            throw Check.Wrong(name, "be a JSON object", Show(node));

        KeyValuePair<string, JsonNode?>[] settings;
        try
        {
            settings = [.. entries];
        }
        catch (ArgumentException)
        {
            throw new ArgumentException($"{name} must name each setting once, but names one twice.");
        }

        var isPart = type.IsAssignableTo(typeof(Part));
        if (isPart)
            type = TypeOf(type, entries, name);

        var record = Activator.CreateInstance(type)!;
        var properties = Setting.Properties(type).ToDictionary(p => p.Name);
        foreach (var (key, value) in settings)
            if (properties.TryGetValue(key, out var property))
                property.SetValue(record, Value(property.PropertyType, value, $"{type.Name}.{key}")); // an init accessor is an ordinary setter to reflection
            else if (!(isPart && key == Discriminator))
                throw new ArgumentException($"{type.Name} has no setting '{key}'; it has {Names(properties.Keys)}.");
        return record;
    }

    private static Type TypeOf(Type kind, JsonObject entries, string name)
    {
        var methods = Methods.All.Where(method => method.Type.IsAssignableTo(kind)).ToArray();
        var id = entries[Discriminator] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        return methods.FirstOrDefault(method => method.Id == id)?.Type
            ?? throw Check.Wrong(name, $"name its method in {Discriminator}, one of {Names(methods.Select(method => method.Id))}", id is null ? "without it" : $"'{id}'");
    }

    private static object? Value(Type type, JsonNode? node, string name)
    {
        if (type.IsSubclassOf(typeof(Part)) && node is not null)
            return FromNode(type, node, name);
        if (node is null && type.IsValueType && Nullable.GetUnderlyingType(type) is null)
            throw Check.Wrong(name, $"be {Rule(type)}", "null");
        try
        {
            return node.Deserialize(type, Values);
        }
        catch (JsonException)
        {
            throw Check.Wrong(name, $"be {Rule(type)}", Show(node));
        }
    }

    private static string Rule(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? $"one of {Names(Enum.GetNames(type))}"
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) || type == typeof(float) ? "a number"
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "a text"
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>) ? "a list"
            : $"a {type.Name}";
    }

    private static string Show(JsonNode? node) => node?.ToJsonString() is { } text ? text.Length <= 40 ? text : $"{text[..40]}..." : "null";

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
