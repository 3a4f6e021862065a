using CsvHelper;

namespace Retort.Cli.Tables;

/// <summary>The rows of a text file as text, one after the other, in the order in which ML.NET's text loader gives them.</summary>
internal sealed class RowReader : IDisposable
{
    private readonly string _path;
    private readonly CsvReader _reader;
    private long _openQuote;

    /// <exception cref="InvalidDataException">The file has no header, or names a column twice.</exception>
    public RowReader(string path)
    {
        _path = path;
        TextFile.MustExist(path);
        var header = File.ReadLines(path).FirstOrDefault(line => line.Length > 0)
            ?? throw new InvalidDataException($"File '{path}' must start with a header line, but is empty.");
        Separator = new[] { ',', '\t', ';' }.MaxBy(c => header.Count(h => h == c));

        _reader = CsvReader.FromFile(path, new CsvReaderOptions { Separator = Separator, TrimWhitespace = true, TrackLineNumbers = true });
        Header = [.. _reader.Headers];
        if (Header.Where(name => name.Length > 0).GroupBy(name => name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidDataException($"Column names of '{path}' must differ, but '{twice.Key}' stands there {twice.Count()} times.");
    }

    public char Separator { get; }

    public IReadOnlyList<string> Header { get; }

    /// <summary>The header, with a name for every column that has none there.</summary>
    public IReadOnlyList<string> Names => [.. Header.Select((name, i) => name.Length > 0 ? name : Tables.Names.Free($"column {i + 1}", Header))];

    public long Count { get; private set; }

    /// <summary>The line of the file that the current row starts in, from 1.</summary>
    public long Line => _reader.LineNumber;

    /// <summary>A quoted field read so far went over several lines.</summary>
    public bool Multiline { get; private set; }

    public string this[int column] => _reader.GetString(column);

    /// <summary>Steps to the next row, if there is one.</summary>
    /// <exception cref="InvalidDataException">The row has more or fewer fields than the header.</exception>
    public bool Next()
    {
        if (!_reader.Read())
        {
            if (_openQuote > 0)
                throw new InvalidDataException($"Every quote of '{_path}' must be closed, but one that opens in the row of line {_openQuote} is not.");
            return false;
        }

        Count++;
        if (_reader.FieldCount != Header.Count)
            throw new InvalidDataException($"Every row of '{_path}' must have {Header.Count} fields as its header has, but line {Line} has {_reader.FieldCount}.");
        var raw = _reader.RawRecord;
        Multiline |= raw.Contains((byte)'\n');
        _openQuote = IsOpen(raw) ? Line : 0;
        return true;
    }

    // an odd quote may stand within a field, as in 5" pipe; one that begins a field, or that took in the lines below, was to be closed
    private bool IsOpen(ReadOnlySpan<byte> record)
    {
        if (record.Count((byte)'"') % 2 == 0)
            return false;
        var before = record[..record.LastIndexOf((byte)'"')].TrimEnd((byte)' ');
        return record.Contains((byte)'\n') || before.IsEmpty || before[^1] == Separator;
    }

    public void Dispose() => _reader.Dispose();
}
