namespace Microsoft.ML.Runtime;

internal static class NormStr
{
    /// The strings that a model refers to by number.
    internal sealed class Pool
    {
        private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
        private readonly List<string> _strings = [];

        public int Count => _strings.Count;

        public string this[int id] => _strings[id];

        public int Add(string value)
        {
            if (!_ids.TryGetValue(value, out var id))
            {
                _ids[value] = id = _strings.Count;
                _strings.Add(value);
            }
            return id;
        }
    }
}
