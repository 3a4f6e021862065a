namespace Retort.Cli.Tables;

/// <summary>Refuses paths that are no file of text.</summary>
internal static class TextFile
{
    private static readonly (byte[] Start, string Kind)[] Others =
    [
        ("PAR1"u8.ToArray(), "Parquet"), ("PK\x3\x4"u8.ToArray(), "a zip archive, as workbooks are"), ([0x1F, 0x8B], "compressed by gzip"), ("SQLite"u8.ToArray(), "a database of SQLite"), ("ARROW1"u8.ToArray(), "Arrow"), ("%PDF"u8.ToArray(), "PDF"),
    ];

    /// <summary>Refuses what is known to be no text: tables in other forms, archives.</summary>
    /// <exception cref="InvalidDataException">The file begins like one of those.</exception>
    public static void MustBeText(string path)
    {
        MustExist(path);
        using var stream = File.OpenRead(path);
        var first = new byte[8];
        var count = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        if (Array.Find(Others, other => first.AsSpan(0, count).StartsWith(other.Start)) is (_, { } kind))
            throw new InvalidDataException($"File '{path}' must be CSV or TSV, but is {kind}; write it as CSV first.");
    }

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
