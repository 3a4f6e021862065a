using System.Collections;

namespace Microsoft.ML.SearchSpace.Option;

/// The name of a space twice, as in the original: who uses both namespaces must say which one is meant.
public sealed class SearchSpace : OptionBase, IDictionary<string, OptionBase>
{
    private readonly Microsoft.ML.SearchSpace.SearchSpace _space = new();

    public SearchSpace() { }

    public override int FeatureSpaceDim => _space.FeatureSpaceDim;

    public override double[] Default => _space.Default;

    public override int?[] Step => _space.Step;

    public override Parameter SampleFromFeatureSpace(double[] values) => _space.SampleFromFeatureSpace(values);

    public override double[] MappingToFeatureSpace(Parameter parameter) => _space.MappingToFeatureSpace(parameter);

    public OptionBase this[string key] { get => _space[key]; set => _space[key] = value; }

    public ICollection<string> Keys => _space.Keys;

    public ICollection<OptionBase> Values => _space.Values;

    public int Count => _space.Count;

    public bool IsReadOnly => _space.IsReadOnly;

    public void Add(string key, OptionBase value) => _space.Add(key, value);

    public void Add(KeyValuePair<string, OptionBase> item) => _space.Add(item);

    public bool ContainsKey(string key) => _space.ContainsKey(key);

    public bool Contains(KeyValuePair<string, OptionBase> item) => _space.Contains(item);

    public bool TryGetValue(string key, out OptionBase value) => _space.TryGetValue(key, out value);

    public bool Remove(string key) => _space.Remove(key);

    public bool Remove(KeyValuePair<string, OptionBase> item) => _space.Remove(item);

    public void Clear() => _space.Clear();

    public void CopyTo(KeyValuePair<string, OptionBase>[] array, int arrayIndex) => _space.CopyTo(array, arrayIndex);

    public IEnumerator<KeyValuePair<string, OptionBase>> GetEnumerator() => _space.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
