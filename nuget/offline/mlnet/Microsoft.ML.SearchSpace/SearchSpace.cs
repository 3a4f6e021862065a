using System.Collections;
using System.Reflection;
using Microsoft.ML.SearchSpace.Option;

namespace Microsoft.ML.SearchSpace;

/// Named options, whose dimensions follow one another in the order of their names.
public class SearchSpace : OptionBase, IDictionary<string, OptionBase>
{
    private readonly SortedDictionary<string, OptionBase> _options = new(StringComparer.Ordinal);
    private readonly Parameter _defaultOption;

    public SearchSpace() { }

    protected SearchSpace(Type typeInfo, Parameter defaultOption = null)
    {
        _defaultOption = defaultOption;
        foreach (var member in typeInfo.GetMembers(BindingFlags.Public | BindingFlags.Instance))
            if (AttributedOptions.Of(member, type => new SearchSpace(type, Member(defaultOption, member.Name))) is { } option)
                _options.Add(member.Name, option);
    }

    public override int FeatureSpaceDim => _options.Values.Sum(o => o.FeatureSpaceDim);

    public override double[] Default => [.. _options.Values.SelectMany(o => o.Default)];

    public override int?[] Step => [.. _options.Values.SelectMany(o => o.Step)];

    /// What the default option has beyond the space's own names goes along.
    public override Parameter SampleFromFeatureSpace(double[] feature)
    {
        Check(feature, FeatureSpaceDim);
        var sample = _defaultOption?.Clone() ?? Parameter.CreateNestedParameter();
        var at = 0;
        foreach (var (name, option) in _options)
        {
            sample[name] = option.SampleFromFeatureSpace(feature[at..(at + option.FeatureSpaceDim)]);
            at += option.FeatureSpaceDim;
        }
        return sample;
    }

    public override double[] MappingToFeatureSpace(Parameter parameter) => [.. _options.SelectMany(o => o.Value.MappingToFeatureSpace(parameter[o.Key]))];

    public override int GetHashCode() => StableHash.Of(string.Join(";", _options.Select(o => $"{o.Key}={Describe(o.Value)}")));

    private static string Describe(OptionBase option) => option switch
    {
        SearchSpace nested => nested.GetHashCode().ToString(),
        UniformNumericOption number => FormattableString.Invariant($"{number.GetType().Name}({number.Min},{number.Max},{number.LogBase})"),
        ChoiceOption choice => string.Join(",", (object[])choice.Choices),
        _ => $"{option.GetType().FullName}({option.FeatureSpaceDim})",
    };

    private static Parameter Member(Parameter parameter, string name) =>
        parameter is { ParameterType: ParameterType.Object } && parameter.TryGetValue(name, out var member) && member.ParameterType == ParameterType.Object ? member : null;

    public OptionBase this[string key] { get => _options[key]; set => _options[key] = value; }

    public ICollection<string> Keys => _options.Keys;

    public ICollection<OptionBase> Values => _options.Values;

    public int Count => _options.Count;

    public bool IsReadOnly => false;

    public void Add(string key, OptionBase value) => _options.Add(key, value);

    public void Add(KeyValuePair<string, OptionBase> item) => _options.Add(item.Key, item.Value);

    public bool ContainsKey(string key) => _options.ContainsKey(key);

    public bool Contains(KeyValuePair<string, OptionBase> item) => _options.Contains(item);

    public bool TryGetValue(string key, out OptionBase value) => _options.TryGetValue(key, out value);

    public bool Remove(string key) => _options.Remove(key);

    public bool Remove(KeyValuePair<string, OptionBase> item) => ((ICollection<KeyValuePair<string, OptionBase>>)_options).Remove(item);

    public void Clear() => _options.Clear();

    public void CopyTo(KeyValuePair<string, OptionBase>[] array, int arrayIndex) => _options.CopyTo(array, arrayIndex);

    public IEnumerator<KeyValuePair<string, OptionBase>> GetEnumerator() => _options.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
