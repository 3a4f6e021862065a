namespace Microsoft.ML.Data;

/// <summary>The lines of several files as spans over one big buffer. No string is made.</summary>
internal sealed class LineReader : IDisposable
{
    private const int Block = 1 << 17;
    private readonly IMultiStreamSource _files;
    private readonly bool _hasHeader, _keepText;
    private readonly char _quote; // a line goes on while such a quote is open; '\0' for none
    private readonly char[] _separators;
    private TextReader _reader;
    private int _file = -1, _at, _filled;
    private bool _ended, _afterReturn;

    /// <summary>keepText: who reads keeps slices of the buffer, so it is replaced and never written over.</summary>
    public LineReader(IMultiStreamSource files, bool hasHeader, bool keepText, char quote = '\0', char[] separators = null)
    {
        (_files, _hasHeader, _keepText, _quote, _separators) = (files, hasHeader, keepText, quote, separators);
        Buffer = new char[Block];
    }

    public char[] Buffer { get; private set; }
    public int Start { get; private set; }
    public int End { get; private set; }
    public ReadOnlySpan<char> Line => Buffer.AsSpan(Start, End - Start);

    /// <summary>Moves to the next line that is not empty and no comment, over headers.</summary>
    public bool Next()
    {
        while (true)
        {
            if (_reader == null)
            {
                if (++_file >= _files.Count) return false;
                try { _reader = _files.OpenTextReader(_file); }
                catch (Exception e) { throw new FormatException("Stream reading encountered exception", e); }
                Number = 0;
                (_ended, _afterReturn, _at, _filled) = (false, false, 0, 0);
                if (_keepText) Buffer = new char[Buffer.Length];
                // A file may begin with comments that hold its schema; only then comes the header.
                var header = _hasHeader;
                var more = RawLine();
                while (more && (Line.Length == 0 || Line[0] == '#' || IsComment(Line))) more = RawLine();
                if (more && header) more = RawLine();
                if (!more)
                {
                    Close();
                    continue;
                }
            }
            else if (!RawLine())
            {
                Close();
                continue;
            }
            if (Start < End && !IsComment(Line)) return true;
            while (RawLine())
                if (Start < End && !IsComment(Line)) return true;
            Close();
        }
    }

    public void Dispose() => Close();

    private static bool IsComment(ReadOnlySpan<char> line) => line.Length >= 2 && line[0] == '/' && line[1] == '/';

    private void Close()
    {
        _reader?.Dispose();
        _reader = null;
    }

    /// <summary>The line's number in its file, from 1.</summary>
    public long Number { get; private set; }

    public string Path => _files.GetPathOrNull(_file);

    private bool RawLine()
    {
        Number++;
        Start = _at;
        var from = _at;
        while (true)
        {
            var found = Buffer.AsSpan(from, _filled - from).IndexOfAny('\n', '\r');
            if (found >= 0)
            {
                var end = from + found;
                if (_afterReturn && end == Start && Buffer[end] == '\n') // the second half of a line end
                {
                    (_afterReturn, Start, from) = (false, end + 1, end + 1);
                    continue;
                }
                _afterReturn = false;
                if (_quote != '\0' && QuoteIsOpen(Start, end))
                {
                    from = end + 1;
                    continue;
                }
                (End, _at, _afterReturn) = (end, end + 1, Buffer[end] == '\r');
                return true;
            }
            if (_ended)
            {
                (End, _at) = (_filled, _filled);
                if (_quote != '\0' && QuoteIsOpen(Start, End)) throw new FormatException("Stream reading encountered exception");
                return Start < End;
            }
            from = Fill();
        }
    }

    /// <summary>Keeps what is left of the line, reads on behind it, and returns where the new text starts.</summary>
    private int Fill()
    {
        if (Buffer.Length - _filled < Block / 4)
        {
            var left = _filled - Start;
            var target = _keepText || left * 2 > Buffer.Length ? new char[Math.Max(Block, left * 2)] : Buffer;
            Array.Copy(Buffer, Start, target, 0, left);
            (Buffer, Start, _filled) = (target, 0, left);
        }
        var from = _filled;
        var read = _reader.Read(Buffer, from, Buffer.Length - from);
        if (read <= 0) _ended = true; else _filled += read;
        return from;
    }

    private bool QuoteIsOpen(int start, int end)
    {
        var open = false;
        var fieldStart = true;
        for (var i = start; i < end; i++)
        {
            var c = Buffer[i];
            if (open)
            {
                if (c == _quote && i + 1 < end && Buffer[i + 1] == '"') i++;
                else if (c == '"') open = false;
            }
            else if (c == '"' && fieldStart) open = true;
            else fieldStart = Array.IndexOf(_separators, c) >= 0 || fieldStart && c == ' ';
        }
        return open;
    }
}
