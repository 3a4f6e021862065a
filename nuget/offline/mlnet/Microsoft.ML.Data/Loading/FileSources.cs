namespace Microsoft.ML.Data
{
    /// <summary>Files by name; wildcards, folders with "..." and lists joined by '+' expand to the files that exist.</summary>
    public sealed class MultiFileSource : IMultiStreamSource
    {
        private readonly string[] _paths;

        public MultiFileSource(params string[] paths)
        {
            _paths = paths.SelectMany(path => string.IsNullOrEmpty(path) ? [] : Expand(path)).ToArray();
        }

        public int Count => _paths.Length;

        public string GetPathOrNull(int index) => _paths[index];

        public Stream Open(int index)
        {
            var path = _paths[index];
            try
            {
                return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            }
            catch (Exception e)
            {
                throw new IOException($"Could not open file '{path}'. Error is: {e.Message}", e);
            }
        }

        public TextReader OpenTextReader(int index) => new StreamReader(Open(index));

        private static IEnumerable<string> Expand(string path)
        {
            if (File.Exists(path)) return [path];
            if (path.Contains('+') && path.Split('+') is { } parts && parts.All(p => p.Length > 0)) return parts.SelectMany(Expand);
            var folder = Path.GetDirectoryName(path) ?? "";
            var pattern = Path.GetFileName(path);
            if (!pattern.Contains('*') && !pattern.Contains('?')) return [path];
            var option = SearchOption.TopDirectoryOnly;
            if (Path.GetFileName(folder) == "...") (folder, option) = (Path.GetDirectoryName(folder) ?? "", SearchOption.AllDirectories);
            var found = Directory.EnumerateFiles(folder.Length == 0 ? "." : folder, pattern, option).Order(StringComparer.Ordinal).ToArray();
            return found.Length > 0 ? found : [path];
        }
    }
}

namespace Microsoft.ML
{
    using Microsoft.ML.Data;

    public static class DataLoaderExtensions
    {
        public static IDataView Load(this IDataLoader<IMultiStreamSource> loader, params string[] path) => loader.Load(new MultiFileSource(path));
    }
}
