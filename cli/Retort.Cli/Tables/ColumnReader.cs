using System.Globalization;

namespace Retort.Cli.Tables;

/// <summary>Collects, value by value, what a <see cref="Column"/> tells.</summary>
internal sealed class ColumnReader(string name, int index)
{
    // of the words that ML.NET's text loader reads as a Boolean, those that nobody means as a number
    private static readonly HashSet<string> BoolWords = new(["true", "false", "yes", "no", "t", "f", "y", "n"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> MissingWords = new(["?", "NA", "N/A", "NaN", "null"], StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _seen = [];
    private readonly List<string> _values = [];
    private long _empty, _words;
    private bool _numbers = true, _bools = true, _whole = true;
    private (long, string)? _firstText;

    public void Add(string value, long line)
    {
        if (value.Length == 0)
        {
            _empty++;
            return;
        }

        if (MissingWords.Contains(value))
        {
            _words++;
        }
        else if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            _numbers = false;
            _firstText ??= (line, value);
        }
        else
        {
            _whole &= Math.Abs(number) < 1e9 && Math.Floor(number) == number;
        }

        _bools &= BoolWords.Contains(value);
        if (_seen.Count < Column.MostValues && _seen.Add(value))
            _values.Add(value);
    }

    public Column Finish()
    {
        var kind = _values.Count > 0 && _bools && _empty == 0 ? ColumnKind.Bool : _numbers ? ColumnKind.Number : ColumnKind.Category;
        // in a column of numbers the words say that there is none; in text they are values
        var values = kind == ColumnKind.Number && _words > 0 ? _values.Where(v => !MissingWords.Contains(v)).ToList() : _values;
        return new Column(name, index, kind, _empty + (kind == ColumnKind.Number ? _words : 0), values, _whole, _firstText);
    }
}
