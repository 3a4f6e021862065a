namespace Retort.Cli.Output;

/// <summary>A file that appears when it is whole, or not at all.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path, _partial;

    /// <exception cref="UsageException">The path is a folder, or lies in none, or is a file that the command reads.</exception>
    public OutputFile(string path, params string[] read)
    {
        _path = Path.GetFullPath(path);
        if (Directory.Exists(path))
            throw new UsageException($"Option --out must name a file, but '{path}' is a folder.");
        if (Path.GetDirectoryName(_path) is not { } folder || !Directory.Exists(folder))
            throw new UsageException($"Option --out must name a file in a folder that exists, but '{Path.GetDirectoryName(path)}' does not.");
        if (read.FirstOrDefault(r => Path.GetFullPath(r) == _path) is { } same)
            throw new UsageException($"Option --out must not name a file that is read, but names '{same}'.");
        _partial = Partial.In(folder);
    }

    /// <summary>Writes the whole file.</summary>
    public void Write(Action<TextWriter> content) => WriteFile(partial =>
    {
        using var writer = new StreamWriter(partial);
        content(writer);
    });

    /// <summary>The same, where the content is written to a file by its name.</summary>
    public void WriteFile(Action<string> content)
    {
        content(_partial);
        File.Move(_partial, _path, overwrite: true);
    }

    public void Dispose() => Partial.Remove(_partial);
}
