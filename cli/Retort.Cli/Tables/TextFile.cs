namespace Retort.Cli.Tables;

/// <summary>Refuses paths that are no file.</summary>
internal static class TextFile
{
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="InvalidDataException">A folder is there.</exception>
    public static void MustExist(string path)
    {
        if (Directory.Exists(path))
            throw new InvalidDataException($"'{path}' must be a file, but is a folder.");
        if (!File.Exists(path))
            throw new FileNotFoundException($"File '{path}' was not found.");
    }
}
