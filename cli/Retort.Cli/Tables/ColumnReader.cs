using System.Globalization;
using System.Text.RegularExpressions;

namespace Retort.Cli.Tables;

/// <summary>Collects, value by value, what a <see cref="Column"/> tells.</summary>
internal sealed partial class ColumnReader(string name, int index, bool isNamed)
{
    // of the words that ML.NET's text loader reads as a Boolean, those that nobody means as a number
    private static readonly HashSet<string> BoolWords = new(["true", "false", "yes", "no", "t", "f", "y", "n"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> BoolNumbers = new(["0", "1", "+1", "-1", "+", "-"]);
    private static readonly HashSet<string> MissingWords = new(["?", "NA", "N/A", "NaN", "null"], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] DateForms =
    [
        "yyyy-M-d", "yyyy-M-d H:m", "yyyy-M-d H:m:s", "yyyy-M-dTH:m:s", "yyyy-M-dTH:m:sK", "yyyy-M-d H:m:s.FFFFFFF", "yyyy-M-dTH:m:s.FFFFFFFK", "yyyy/M/d", "yyyy/M/d H:m:s", "d.M.yyyy", "d.M.yyyy H:m", "d.M.yyyy H:m:s",
        "M/d/yyyy", "M/d/yyyy H:m", "M/d/yyyy H:m:s", "M/d/yyyy h:m:s tt", "d/M/yyyy", "d/M/yyyy H:m", "d/M/yyyy H:m:s", "d-M-yyyy", "d MMM yyyy", "MMM d, yyyy",
    ];

    private readonly HashSet<string> _seen = [];
    private readonly List<string> _values = [];
    private long _empty, _words, _numberCount;
    private double _least = double.NaN, _most = double.NaN;
    private bool _written = true, _dates = true, _numbers = true, _bools = true, _whole = true;
    private Cell? _firstText, _firstNoTruth;

    public void Add(string value, long line)
    {
        var isWord = BoolWords.Contains(value);
        if (!isWord && !BoolNumbers.Contains(value))
            _firstNoTruth ??= new(line, value);
        if (value.Length == 0)
        {
            _empty++;
            return;
        }

        if (MissingWords.Contains(value))
        {
            _words++;
        }
        else if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !float.IsFinite((float)number))
        {
            _numbers = false;
            _firstText ??= new(line, value);
        }
        else
        {
            _numberCount++;
            (_least, _most) = _numberCount == 1 ? (number, number) : (Math.Min(_least, number), Math.Max(_most, number));
            _whole &= Math.Abs(number) < 1e9 && Math.Floor(number) == number;
        }

        _bools &= isWord;
        _written = _written && (MissingWords.Contains(value) || WrittenNumber().IsMatch(value));
        _dates = _dates && (MissingWords.Contains(value) || DateTime.TryParseExact(value, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out _));
        if (_seen.Count < Column.MostValues && _seen.Add(value))
            _values.Add(value);
    }

    public Column Finish()
    {
        var kind = _values.Count > 0 && _bools && _empty == 0 ? ColumnKind.Bool : _numbers ? ColumnKind.Number : ColumnKind.Category;
        // in a column of numbers the words say that there is none; in text they are values
        var values = kind == ColumnKind.Number && _words > 0 ? _values.Where(v => !MissingWords.Contains(v)).ToList() : _values;
        return new Column(name, index, isNamed, kind, _empty + (kind == ColumnKind.Number ? _words : 0), values, _whole, _numberCount, _firstText, _firstNoTruth)
        {
            Least = _least,
            Most = _most,
            IsDates = _dates && kind == ColumnKind.Category && _values.Count > 0,
            IsWrittenNumbers = _written && !_dates && kind == ColumnKind.Category && _firstText is not null,
        };
    }

    [GeneratedRegex(@"^[$€£]?\s?[+-]?[$€£]?\s?\d{1,3}(?:[.,'’ ]?\d{3})*(?:[.,]\d+)?\s?[%€$£]?$", RegexOptions.CultureInvariant)]
    private static partial Regex WrittenNumber();
}
