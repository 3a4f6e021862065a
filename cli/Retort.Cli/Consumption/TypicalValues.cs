using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;

namespace Retort.Cli.Consumption;

/// <summary>A value of each column for examples: the median of numbers, and what stands there most often of anything else. So no row of the data is shown.</summary>
internal static class TypicalValues
{
    private const int MostRows = 10_000;

    /// <summary>The values as text, by column; empty where all are missing.</summary>
    public static IReadOnlyDictionary<string, string> Of(IDataView rows, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var texts = columns.Select(_ => new List<string>()).ToArray();
        using var cursor = rows.GetRowCursor(columns);
        var readers = columns.Select(column => CellText.Reader(cursor, column)).ToArray();
        for (var row = 0; row < MostRows && cursor.MoveNext(); row++)
            for (var i = 0; i < readers.Length; i++)
                if (readers[i]() is { Length: > 0 } text)
                    texts[i].Add(text);
        return columns.Zip(texts).ToDictionary(pair => pair.First.Name, pair => pair.First.Type is NumberDataViewType ? Median(pair.Second) : Mode(pair.Second));
    }

    private static string Median(List<string> texts) => texts.Count == 0 ? "" : texts.OrderBy(text => double.Parse(text, CultureInfo.InvariantCulture)).ElementAt(texts.Count / 2);

    private static string Mode(List<string> texts) => texts.GroupBy(text => text).MaxBy(group => group.Count())?.Key ?? "";
}
