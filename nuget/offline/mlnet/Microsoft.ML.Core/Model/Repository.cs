using System.IO.Compression;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// A tree of named streams in one zip archive.
internal abstract class Repository : IDisposable
{
    public sealed class Entry(Stream stream, string name) : IDisposable
    {
        public Stream Stream => stream;

        public void Dispose() => stream.Dispose();

        public override string ToString() => name;
    }

    private protected const string TrainingInfo = "TrainingInfo";

    private protected static string PathOf(string dir, string name) => string.IsNullOrEmpty(dir) ? name : dir + "/" + name;

    public abstract void Dispose();
}

internal sealed class RepositoryWriter : Repository
{
    private readonly ZipArchive _archive;

    private RepositoryWriter(Stream stream) => _archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);

    public static RepositoryWriter CreateNew(Stream stream, IExceptionContext ectx = null, bool useFileSystem = true)
    {
        var writer = new RepositoryWriter(stream);
        using var entry = writer.CreateEntry(TrainingInfo, "Version.txt");
        using var text = new StreamWriter(entry.Stream);
        text.WriteLine(typeof(RepositoryWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        return writer;
    }

    public Entry CreateEntry(string dir, string name) => CreateEntry(PathOf(dir, name));

    /// The entry is written when it is closed, so that several can be open at once.
    public Entry CreateEntry(string name) => new(new Buffered(_archive, name), name);

    public void Commit() => _archive.Dispose();

    public override void Dispose() => _archive.Dispose();

    private sealed class Buffered(ZipArchive archive, string name) : MemoryStream
    {
        private bool _closed;

        protected override void Dispose(bool disposing)
        {
            if (!_closed)
            {
                _closed = true;
                using var target = archive.CreateEntry(name).Open();
                WriteTo(target);
            }
            base.Dispose(disposing);
        }
    }
}

internal sealed class RepositoryReader : Repository
{
    private readonly ZipArchive _archive;

    private RepositoryReader(Stream stream)
    {
        try { _archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true); }
        catch (InvalidDataException e) { throw Contracts.ExceptDecode(e, "Failed to open a zip archive"); }
    }

    public static RepositoryReader Open(Stream stream, IExceptionContext ectx = null, bool useFileSystem = true) => new(stream);

    public Entry OpenEntry(string name) => OpenEntryOrNull(null, name) ?? throw Contracts.ExceptDecode($"Repository doesn't contain entry {name}");

    public Entry OpenEntry(string dir, string name) => OpenEntryOrNull(dir, name) ?? throw Contracts.ExceptDecode($"Repository doesn't contain entry {PathOf(dir, name)}");

    public Entry OpenEntryOrNull(string name) => OpenEntryOrNull(null, name);

    public Entry OpenEntryOrNull(string dir, string name)
    {
        var path = PathOf(dir, name);
        ZipArchiveEntry found;
        lock (_archive) found = _archive.GetEntry(path) ?? _archive.GetEntry(path.Replace('/', '\\'));
        if (found == null) return null;
        var buffer = new MemoryStream();
        using (var source = found.Open()) source.CopyTo(buffer);
        Contracts.CheckDecode(buffer.Length == found.Length, $"Corrupt model file: the entry {path} is cut off");
        buffer.Position = 0;
        return new Entry(buffer, path);
    }

    public override void Dispose() => _archive.Dispose();
}
