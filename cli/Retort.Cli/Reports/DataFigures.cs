using System.Globalization;
using Microsoft.ML;
using Retort.Cli.Metrics;
using Retort.Cli.Tables;

namespace Retort.Cli.Reports;

/// <summary>What the rows are like.</summary>
/// <param name="File">The file's name.</param>
/// <param name="FileRows">Its rows.</param>
/// <param name="FileColumns">Its columns.</param>
/// <param name="Looked">Which rows the numbers of columns are of, as a sentence.</param>
/// <param name="Columns">What the model reads, and the protected columns.</param>
/// <param name="Ignored">What was left out, and why.</param>
/// <param name="LabelCounts">How often each class stands in the rows that were learned from, and in the test rows.</param>
/// <param name="LabelBars">The same for numbers: bars over both.</param>
internal sealed record DataFigures(
    string File, long FileRows, int FileColumns, string Looked, IReadOnlyList<ColumnFigures> Columns, IReadOnlyList<KeyValuePair<string, string>> Ignored,
    IReadOnlyList<ClassCount>? LabelCounts, IReadOnlyList<Slice>? LabelBars)
{
    private const int MostRows = 50_000, MostClasses = 40, LabelBins = 40;

    public static DataFigures Of(ReportSource source, IReadOnlyList<string> classes)
    {
        var rows = source.Train ?? source.Test;
        var names = source.Features.Concat(source.Protected).Distinct().Where(name => rows.Schema.GetColumnOrNull(name) is not null).ToArray();
        var readers = names.Select(name => new ColumnCounter(name, source.Table.Columns.FirstOrDefault(column => column.Name == name), source.Protected.Contains(name) && !source.Features.Contains(name))).ToArray();
        var labels = new List<string>();
        var count = 0;
        using (var cursor = rows.GetRowCursor([.. names.Append(source.Label).Distinct().Select(name => rows.Schema[name])]))
        {
            var label = CellText.Reader(cursor, rows.Schema[source.Label]);
            var cells = names.Select(name => CellText.Reader(cursor, rows.Schema[name])).ToArray();
            for (; count < MostRows && cursor.MoveNext(); count++)
            {
                labels.Add(label());
                for (var i = 0; i < cells.Length; i++)
                    readers[i].Add(cells[i]());
            }
        }

        var whose = source.Train is null ? "rows that it is measured on" : "rows that it learned from";
        return new(
            Path.GetFileName(source.Table.Path), source.Table.Rows, source.Table.Columns.Count,
            FormattableString.Invariant($"Counted over {(count == MostRows ? $"the first {count:N0}" : $"the {count:N0}")} {whose}."),
            [.. readers.Select(reader => reader.Finish())],
            [.. (source.Ignored ?? []).Select(own => KeyValuePair.Create(own.Name, own.Reason))],
            source.Scored.Task == LearningTask.Regression ? null : Counts(source, labels, classes),
            source.Scored.Task == LearningTask.Regression ? Slice.Of([.. source.Scored.Labels.Select(value => (double)value)], LabelBins) : null);
    }

    private static IReadOnlyList<ClassCount> Counts(ReportSource source, List<string> labels, IReadOnlyList<string> classes)
    {
        var learned = labels.GroupBy(label => label).ToDictionary(group => group.Key, group => group.Count());
        var tested = source.Scored.Labels.GroupBy(label => (int)label).ToDictionary(group => group.Key, group => group.Count());
        return [.. classes.Select((name, c) => new ClassCount(name, source.Train is null ? null : learned.GetValueOrDefault(name), tested.GetValueOrDefault(c)))
            .OrderByDescending(own => own.Test).Take(MostClasses)];
    }
}

/// <summary>How often a class stands there.</summary>
internal sealed record ClassCount(string Name, int? Train, int Test);

/// <summary>A column of the data.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">number, true/false, category; protected where the model does not read it.</param>
/// <param name="Missing">How many rows have none.</param>
/// <param name="Share">Their share.</param>
/// <param name="Different">How many different values; null where too many to tell apart.</param>
/// <param name="Least">The smallest number.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Most">The largest number.</param>
/// <param name="Bars">The histogram of numbers, or counts of the commonest values.</param>
/// <param name="Common">The commonest values with their shares (categories).</param>
internal sealed record ColumnFigures(string Name, string Kind, long Missing, double Share, int? Different, double? Least, double? Mean, double? Most, IReadOnlyList<int> Bars, string? Common);

/// <summary>Counts the values of a column.</summary>
internal sealed class ColumnCounter(string name, Column? column, bool isProtected)
{
    private const int Bins = 16, Shown = 4, MostValues = 5_000;

    private readonly List<double> _numbers = [];
    private readonly Dictionary<string, int> _values = [];
    private long _missing, _rows;
    private bool _isNumber = true;

    public void Add(string text)
    {
        _rows++;
        if (text.Length == 0)
        {
            _missing++;
            return;
        }

        if (_isNumber &= double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            _numbers.Add(number);
        if (_values.Count < MostValues || _values.ContainsKey(text))
            _values[text] = _values.GetValueOrDefault(text) + 1;
    }

    public ColumnFigures Finish()
    {
        var isNumber = _isNumber && _numbers.Count > 0 && column?.Kind is not ColumnKind.Category;
        var kind = isNumber ? "number" : column?.Kind == ColumnKind.Bool ? "true/false" : "category";
        var common = _values.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        return new(
            name, isProtected ? $"{kind}, protected" : kind, _missing, _rows == 0 ? 0 : (double)_missing / _rows, _values.Count < MostValues ? _values.Count : null,
            isNumber ? _numbers.Min() : null, isNumber ? _numbers.Average() : null, isNumber ? _numbers.Max() : null,
            isNumber ? [.. Slice.Of(_numbers, Bins).Select(slice => slice.Count)] : [.. common.Take(Bins).Select(pair => pair.Value)],
            isNumber ? null : string.Join(", ", common.Take(Shown).Select(pair => FormattableString.Invariant($"{Cut(pair.Key)} {(double)pair.Value / _rows:P0}"))) + (common.Length > Shown ? ", ..." : ""));
    }

    private static string Cut(string text) => text.Length > 24 ? text[..23] + "…" : text;
}
