using System.Globalization;

namespace Retort;

/// <summary><see cref="FairnessMetrics"/> as tables for people.</summary>
internal static class FairnessText
{
    /// <summary>A table: a title, the heads of its columns (those that hold numbers begin with &gt;), and its rows.</summary>
    public sealed record Block(string Title, string[] Heads, string[][] Rows);

    public static string Of(FairnessMetrics metrics)
    {
        var lines = new List<string>();
        foreach (var block in Blocks(metrics))
        {
            lines.Add(block.Title);
            var table = block.Rows.Prepend([.. block.Heads.Select(head => head.TrimStart('>'))]).ToArray();
            int[] widths = [.. block.Heads.Select((_, i) => table.Max(row => row[i].Length))];
            lines.AddRange(table.Select(row => ("  " + string.Join("  ", row.Select((cell, i) => block.Heads[i].StartsWith('>') ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])))).TrimEnd()));
        }

        return string.Join(Environment.NewLine, lines.Concat(metrics.Notes));
    }

    public static IEnumerable<Block> Blocks(FairnessMetrics metrics)
    {
        ColumnFairness[] views = [.. metrics.Columns, .. metrics.Intersection is null ? [] : new[] { metrics.Intersection }];
        foreach (var view in views)
        {
            yield return Groups(view, metrics);
            if (view.Gaps.Any(gap => gap.Highest is not null))
                yield return Gaps(view);
        }

        yield return new("Dependence of scores on groups", ["Column", ">Divergence", ">Floor", ">Above floor", ">p", ">Distance correlation", ">Floor", ">p"], [.. views.Select(view => new[]
        {
            view.Name, Text(view.Divergence.Value.Value), Text(view.Divergence.Floor), Text(view.Divergence.AboveFloor), Text(view.Divergence.PValue),
            Text(view.Dependence.Correlation), Text(view.Dependence.Floor), Text(view.Dependence.PValue),
        })]);
    }

    private static Block Groups(ColumnFairness view, FairnessMetrics metrics)
    {
        var title = $"{view.Name}: {view.Groups.Count} group{(view.Groups.Count == 1 ? "" : "s")}";
        var groups = view.Groups.Append(metrics.All).ToArray();
        return metrics.Task switch
        {
            LearningTask.Binary => new(title, ["Group", ">Rows", ">Base rate", ">Selected", ">TPR", ">FPR", ">Precision", ">Errors", ">Log-loss"], Rows(group =>
                [group.BaseRate, group.SelectionRate, group.TruePositiveRate, group.FalsePositiveRate, group.Precision, group.ErrorRate, group.LogLoss])),
            LearningTask.Multiclass => new(title, ["Group", ">Rows", ">Errors", ">Log-loss"], Rows(group => [group.ErrorRate, group.LogLoss])),
            _ => new(title, ["Group", ">Rows", ">Mean label", ">Mean prediction", ">Bias", ">RMSE", ">MAE"], Rows(group =>
                [group.MeanLabel, group.MeanPrediction, group.Bias, group.RootMeanSquaredError, group.MeanAbsoluteError])),
        };

        string[][] Rows(Func<GroupFairness, Estimate[]> numbers) => [.. groups.Select(group => (string[])
            [group.Name, group.Count.ToString("N0", CultureInfo.InvariantCulture) + (group.IsSmall ? " (small)" : ""), .. numbers(group).Select(estimate => Text(estimate.Value))])];
    }

    private static Block Gaps(ColumnFairness view) => new($"{view.Name}: gaps", ["Gap", ">Difference", ">Floor", ">Ratio", "Highest", "Lowest", ">Left out"], [.. view.Gaps.Where(gap => gap.Highest is not null).Select(gap => new[]
    {
        view.ClassGaps.Count > 0 && gap.Class is not null ? $"{gap.Name} ({gap.Class})" : gap.Name, Text(gap.Difference), Text(gap.Floor), Text(gap.Ratio.Value), $"{gap.Highest} {Text(gap.HighestValue.Value)}", $"{gap.Lowest} {Text(gap.LowestValue.Value)}",
        gap.LeftOut.ToString(CultureInfo.InvariantCulture),
    })]);

    private static string Text(Estimate estimate) => double.IsNaN(estimate.Low) ? Text(estimate.Value) : $"{Text(estimate.Value)} [{Text(estimate.Low)}, {Text(estimate.High)}]";

    private static string Text(double number) => double.IsNaN(number) ? "-" : number.ToString(Math.Abs(number) is >= 1000 or < 0.0001 and > 0 ? "G3" : "0.####", CultureInfo.InvariantCulture);
}
