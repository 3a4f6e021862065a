using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Microsoft.ML.SearchSpace;

/// A value as JSON has it: a number, a truth value, a text, a list, or named parameters. Types go in and come out through System.Text.Json, which sees properties and no fields.
[JsonConverter(typeof(ParameterConverter))]
public sealed class Parameter : IDictionary<string, Parameter>, IEquatable<Parameter>, IEqualityComparer<Parameter>
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly JsonNode _value;
    private readonly Dictionary<string, Parameter> _members;

    private Parameter(ParameterType type, JsonNode value) => (ParameterType, _value) = (type, value);

    private Parameter(IEnumerable<KeyValuePair<string, Parameter>> members) => (ParameterType, _members) = (ParameterType.Object, new(members));

    public ParameterType ParameterType { get; }

    public static Parameter FromDouble(double value) => From(value);

    public static Parameter FromFloat(float value) => From(value);

    public static Parameter FromLong(long value) => From(value);

    public static Parameter FromInt(int value) => From(value);

    public static Parameter FromString(string value) => new(ParameterType.String, JsonValue.Create(value));

    public static Parameter FromBool(bool value) => From(value);

    public static Parameter FromEnum<T>(T value) where T : struct, Enum => From(value);

    public static Parameter FromIEnumerable<T>(IEnumerable<T> values) => From(values.ToArray());

    public static Parameter FromObject<T>(T value) where T : class => From(value);

    public static Parameter CreateNestedParameter(params KeyValuePair<string, Parameter>[] parameters) => new(parameters);

    internal static Parameter From(object value) => value switch
    {
        double or float => new(ParameterType.Number, JsonSerializer.SerializeToNode(value, Json)),
        _ => FromNode(JsonSerializer.SerializeToNode(value, value?.GetType() ?? typeof(object), Json)),
    };

    /// Nothing is an object without members.
    internal static Parameter FromNode(JsonNode node) => node switch
    {
        null => new([]),
        JsonObject members => new(members.Select(m => KeyValuePair.Create(m.Key, FromNode(m.Value)))),
        JsonArray => new(ParameterType.Array, node),
        _ => new(Kind(node), node),
    };

    private static ParameterType Kind(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => ParameterType.Bool,
        JsonValueKind.String => ParameterType.String,
        _ => long.TryParse(value.ToJsonString(), out _) ? ParameterType.Integer : ParameterType.Number,
    };

    internal JsonNode ToNode() => _members == null ? _value?.DeepClone() : new JsonObject(_members.Select(m => KeyValuePair.Create(m.Key, m.Value.ToNode())));

    internal Parameter Clone() => _members == null ? this : new(_members.Select(m => KeyValuePair.Create(m.Key, m.Value.Clone())));

    public T AsType<T>() => typeof(T) == typeof(Parameter) ? (T)(object)this : ToNode().Deserialize<T>(Json);

    public override string ToString() => ToNode()?.ToJsonString(Json) ?? "null";

    public bool Equals(Parameter other) => other is not null && JsonNode.DeepEquals(ToNode(), other.ToNode());

    public bool Equals(Parameter x, Parameter y) => x is null ? y is null : x.Equals(y);

    public override int GetHashCode() => ParameterType == ParameterType.Object ? _members.Keys.Aggregate(0, (hash, key) => hash ^ StableHash.Of(key)) : StableHash.Of(ToString());

    public int GetHashCode(Parameter obj) => obj.GetHashCode();

    public Parameter this[string key] { get => Members[key]; set => Members[key] = value; }

    public ICollection<string> Keys => Members.Keys;

    ICollection<Parameter> IDictionary<string, Parameter>.Values => Members.Values;

    public int Count => ParameterType == ParameterType.Object ? _members.Count : 1;

    public bool IsReadOnly => false;

    public void Add(string key, Parameter value) => Members.Add(key, value);

    public void Add(KeyValuePair<string, Parameter> item) => Members.Add(item.Key, item.Value);

    public bool ContainsKey(string key) => Members.ContainsKey(key);

    public bool Contains(KeyValuePair<string, Parameter> item) => Members.Contains(item);

    public bool TryGetValue(string key, out Parameter value) => Members.TryGetValue(key, out value);

    public bool Remove(string key) => Members.Remove(key);

    public bool Remove(KeyValuePair<string, Parameter> item) => ((ICollection<KeyValuePair<string, Parameter>>)Members).Remove(item);

    public void Clear() => Members.Clear();

    public void CopyTo(KeyValuePair<string, Parameter>[] array, int arrayIndex) => ((ICollection<KeyValuePair<string, Parameter>>)Members).CopyTo(array, arrayIndex);

    IEnumerator<KeyValuePair<string, Parameter>> IEnumerable<KeyValuePair<string, Parameter>>.GetEnumerator() => Members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Members.GetEnumerator();

    private Dictionary<string, Parameter> Members =>
        _members ?? throw new InvalidOperationException($"A parameter must be an object to have members, but is of type {ParameterType}.");
}
