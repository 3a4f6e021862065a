namespace Retort.Cli.Output;

/// <summary>A folder that gets its files all at once, when all are written; none if something goes wrong before.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _folder, _partial;
    private readonly bool _made;

    public OutputFolder(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Checkpoint = Path.Combine(folder, ".checkpoint");
        Search = Path.Combine(folder, ".sweep");
        if (File.Exists(_folder))
            throw new UsageException($"Option --out must name a folder, but '{folder}' is a file.");
        _made = !Directory.Exists(_folder);
        Directory.CreateDirectory(_folder);
        _partial = Partial.In(_folder);
        Directory.CreateDirectory(_partial);
    }

    /// <summary>Where training keeps its state. It stays when the command is ended.</summary>
    public string Checkpoint { get; }

    /// <summary>The folder of a search for recipes. It stays, so that the search can go on with more time.</summary>
    public string Search { get; }

    /// <summary>Removes a search.</summary>
    public void ForgetSearch()
    {
        if (Directory.Exists(Search))
            Directory.Delete(Search, recursive: true);
    }

    /// <summary>Removes the state of training.</summary>
    public void Forget()
    {
        File.Delete(Checkpoint);
        File.Delete(Checkpoint + ".new");
    }

    /// <summary>Where a file of that name is written until <see cref="Finish"/>.</summary>
    public string this[string name] => Path.Combine(_partial, name);

    /// <summary>Puts the files in place, over older ones of the same name.</summary>
    /// <param name="stale">Patterns of names; older files of these names that were not written anew belong to another model and go.</param>
    public void Finish(params string[] stale)
    {
        string[] left = [.. stale.SelectMany(pattern => Directory.GetFiles(_folder, pattern)).Where(old => !File.Exists(this[Path.GetFileName(old)]))];
        foreach (var file in Directory.GetFiles(_partial, "*", SearchOption.AllDirectories))
        {
            var place = Path.Combine(_folder, Path.GetRelativePath(_partial, file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Move(file, place, overwrite: true);
        }

        foreach (var old in left)
            File.Delete(old);
    }

    public void Dispose()
    {
        Partial.Remove(_partial);
        if (Directory.Exists(Search) && !Directory.EnumerateFileSystemEntries(Search).Any())
            Directory.Delete(Search);
        if (_made && !Directory.EnumerateFileSystemEntries(_folder).Any())
            Directory.Delete(_folder);
    }
}
