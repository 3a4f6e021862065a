namespace Microsoft.ML.Data;

/// <summary>Where the fields of the current line are.</summary>
internal sealed class FieldTable
{
    private readonly TextLoader.Options _options;
    private readonly Action<int, int, string> _malformed; // told the place in the line and what is wrong there
    private readonly char[] _separators;
    private readonly char _separator; // the only one, or '\0'
    private readonly bool _skipsSpaces; // in front of a field, unless a space separates
    private readonly int _wanted; // how many fields anyone asks for
    private int[] _starts, _ends;
    private string[] _unquoted; // fields whose quotes held escapes
    private bool _anyUnquoted;
    private int[] _sparse; // sparse part: the index of each field from _dense on, ascending
    private int _count = -1, _dense, _sparseLength, _lineStart;

    public FieldTable(TextLoader.Options options, int wanted, Action<int, int, string> malformed)
    {
        (_options, _malformed, _separators, _wanted) = (options, malformed, options.Separators, Math.Min(wanted, options.InputSize is { } size and > 0 ? size : int.MaxValue));
        _separator = _separators.Length == 1 ? _separators[0] : '\0';
        _skipsSpaces = !_separators.Contains(' ');
        _starts = new int[Math.Min(_wanted, 64) + 1];
        _ends = new int[_starts.Length];
    }

    public char[] Buffer { get; private set; }

    public bool IsSparse { get; private set; }

    /// <summary>How many fields the line stands for.</summary>
    public int Width => IsSparse ? _dense + _sparseLength : _count;

    public ReadOnlySpan<char> this[int index] => !Find(index, out var slot) ? default : Slot(slot);

    public ReadOnlyMemory<char> Memory(int index) => !Find(index, out var slot) ? default
        : _anyUnquoted && _unquoted[slot] is { } text ? text.AsMemory() : Buffer.AsMemory(_starts[slot], _ends[slot] - _starts[slot]);

    public void Read(char[] buffer, int start, int end)
    {
        (Buffer, IsSparse, _lineStart) = (buffer, false, start);
        if (_options.TrimWhitespace)
            while (end > start && char.IsWhiteSpace(buffer[end - 1])) end--;
        if (_anyUnquoted)
        {
            Array.Clear(_unquoted);
            _anyUnquoted = false;
        }
        _count = _separator != '\0' && !_options.AllowQuoting && !_options.AllowSparse ? SplitPlain(start, end) : Split(start, end);
    }

    /// <summary>There is no line any more: whoever asks for a field is told so.</summary>
    public void Close() => (_count, IsSparse) = (-1, false);

    private ReadOnlySpan<char> Slot(int slot) => _anyUnquoted && _unquoted[slot] is { } text ? text : Buffer.AsSpan(_starts[slot], _ends[slot] - _starts[slot]);

    private bool Find(int index, out int slot)
    {
        slot = index;
        if (index >= _wanted) return false;
        if (!IsSparse) return index < _count || (_count >= 0 ? false : throw new InvalidOperationException());
        if (index < _dense) return true;
        slot = Array.BinarySearch(_sparse, _dense, _count - _dense, index - _dense);
        return slot >= 0;
    }

    private int SplitPlain(int start, int end)
    {
        var (buffer, separator, skipsSpaces, starts, ends, count) = (Buffer, _separator, _skipsSpaces, _starts, _ends, 0);
        var at = start;
        while (count < _wanted)
        {
            if (count == starts.Length)
            {
                Grow();
                (starts, ends) = (_starts, _ends);
            }
            if (skipsSpaces) while (at < end && buffer[at] == ' ') at++;
            starts[count] = at;
            while (at < end && buffer[at] != separator) at++;
            ends[count++] = at;
            if (at++ >= end) break;
        }
        return count;
    }

    private int Split(int start, int end)
    {
        var (buffer, count, at, sparseFrom) = (Buffer, 0, start, -1);
        while (count < _wanted || _options.AllowSparse)
        {
            if (count >= _starts.Length) Grow();
            if (_skipsSpaces) while (at < end && buffer[at] == ' ') at++;
            var (from, to) = (at, at);
            if (_options.AllowQuoting && at < end && buffer[at] == '"') (from, to, at) = Quoted(count, at, end);
            else
            {
                while (at < end && !IsSeparator(buffer[at])) at++;
                to = at;
            }
            (_starts[count], _ends[count]) = (from, to);
            if (_options.AllowSparse && buffer.AsSpan(from, to - from).IndexOf(':') is var colon and > 0 &&
                TextNumbers.TryParseUnsigned(buffer.AsSpan(from, colon), out var index) && index <= int.MaxValue)
            {
                if (sparseFrom < 0 && !StartSparse(sparseFrom = count))
                {
                    _malformed(from - _lineStart, to - _lineStart, "Bad sparse item: no number of items in front of it");
                    return count;
                }
                var previous = count > sparseFrom ? _sparse[count - 1] : -1;
                if ((int)index <= previous || (int)index >= _sparseLength)
                {
                    _malformed(from - _lineStart, to - _lineStart, (int)index <= previous ? "Sparse indices out of order" : "Sparse item index larger than expected. Is the specified size incorrect?");
                    break;
                }
                if (_sparse.Length < _starts.Length) Array.Resize(ref _sparse, _starts.Length);
                _sparse[count] = (int)index;
                _starts[count] = from + colon + 1;
            }
            else if (sparseFrom >= 0)
            {
                if (to > from || at < end) _malformed(from - _lineStart, to - _lineStart, "Non-sparse formatted value follows sparse formatted value");
                break;
            }
            count++;
            if (at++ >= end) break;
        }
        if (sparseFrom < 0) return count;
        IsSparse = true;
        if (_dense == sparseFrom) return count;
        // The field in front of the pairs was their number: it is no field of the row.
        var fields = count - sparseFrom;
        Array.Copy(_starts, sparseFrom, _starts, _dense, fields);
        Array.Copy(_ends, sparseFrom, _ends, _dense, fields);
        Array.Copy(_sparse, sparseFrom, _sparse, _dense, fields);
        return count - 1;
    }

    private bool StartSparse(int from)
    {
        _sparse ??= new int[_starts.Length];
        if (_options.InputSize is { } size and > 0)
        {
            (_dense, _sparseLength) = (from, size - from);
            return true;
        }
        if (from == 0 || !TextNumbers.TryParseUnsigned(Slot(from - 1), out var length) || length > int.MaxValue) return false;
        (_dense, _sparseLength) = (from - 1, (int)length);
        return true;
    }

    /// <summary>A field in quotes; one with anything but spaces behind the closing quote, or with none, is reported and empty.</summary>
    private (int From, int To, int Next) Quoted(int slot, int at, int end)
    {
        var (buffer, escape, opening) = (Buffer, _options.EscapeChar, at);
        var from = ++at;
        System.Text.StringBuilder text = null;
        var closed = false;
        while (at < end)
        {
            var c = buffer[at];
            if (c == escape && at + 1 < end && buffer[at + 1] == '"')
            {
                text ??= new();
                text.Append(buffer, from, at - from).Append('"');
                from = at += 2;
            }
            else if (closed = c == '"') break;
            else at++;
        }
        var to = at;
        if (closed)
        {
            at++;
            if (_skipsSpaces) while (at < end && buffer[at] == ' ') at++;
        }
        if (!closed || at < end && !IsSeparator(buffer[at]))
        {
            while (at < end && !IsSeparator(buffer[at])) at++;
            _malformed(opening - _lineStart, at - _lineStart, "Illegal quoting");
            return (at, at, at);
        }
        if (text != null)
        {
            if (_unquoted == null || _unquoted.Length < _starts.Length) Array.Resize(ref _unquoted, _starts.Length);
            _unquoted[slot] = text.Append(buffer, from, to - from).ToString();
            _anyUnquoted = true;
        }
        return (from, to, at);
    }

    private bool IsSeparator(char c)
    {
        if (_separator != '\0') return c == _separator;
        foreach (var s in _separators) if (s == c) return true;
        return false;
    }

    private void Grow()
    {
        Array.Resize(ref _starts, _starts.Length * 2);
        Array.Resize(ref _ends, _starts.Length);
        if (_unquoted != null) Array.Resize(ref _unquoted, _starts.Length);
        if (_sparse != null) Array.Resize(ref _sparse, _starts.Length);
    }
}
