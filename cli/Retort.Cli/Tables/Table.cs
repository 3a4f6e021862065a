using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort.Cli.Tables;

/// <summary>A text file of rows below a header line, as one reading of it found it.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Separator">What stands between two fields.</param>
/// <param name="Rows">Its rows, without the header and blank lines.</param>
/// <param name="Columns">Its columns in the order of the file.</param>
/// <param name="Multiline">A quoted field goes over several lines.</param>
internal sealed record Table(string Path, char Separator, long Rows, IReadOnlyList<Column> Columns, bool Multiline)
{
    /// <summary>Reads a file once: names, kinds, rows.</summary>
    /// <exception cref="InvalidDataException">The file is no table with a header.</exception>
    public static Table Read(string path, CancellationToken cancel)
    {
        TextFile.MustBeText(path);
        Utf8Text.Check(path, cancel);
        using var rows = new RowReader(path);
        var readers = rows.Names.Select((name, i) => new ColumnReader(name, i, rows.Header[i].Length > 0)).ToArray();
        while (rows.Next())
        {
            cancel.ThrowIfCancellationRequested();
            for (var i = 0; i < readers.Length; i++)
                readers[i].Add(rows[i], rows.Line);
        }

        if (rows.Count == 0)
            throw new InvalidDataException($"File '{path}' must hold at least one row below its header, but holds none.");
        return new Table(path, rows.Separator, rows.Count, [.. readers.Select(r => r.Finish())], rows.Multiline);
    }

    /// <summary>The column of that name.</summary>
    /// <exception cref="InvalidDataException">There is none; the message lists what there is.</exception>
    public Column this[string name] =>
        Columns.FirstOrDefault(c => c.Name == name)
        ?? throw new InvalidDataException($"Column '{name}' was not found; '{System.IO.Path.GetFileName(Path)}' has {Names.List(Columns.Select(c => c.Name))}.");

    /// <summary>The rows of some columns as ML.NET's text loader reads them.</summary>
    public IDataView Load(MLContext ml, IEnumerable<(string Name, DataKind Kind)> columns) => ml.Data.LoadFromTextFile(Path, new TextLoader.Options
    {
        Columns = [.. columns.Select(c => new TextLoader.Column(c.Name, c.Kind, this[c.Name].Index))],
        Separators = [Separator],
        HasHeader = true,
        AllowQuoting = true,
        TrimWhitespace = true,
        MissingRealsAsNaNs = true,
        ReadMultilines = Multiline,
    });
}
