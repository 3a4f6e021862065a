namespace Retort.Cli.Output;

/// <summary>Measures of fairness for people: the groups of each column, their gaps, and how much scores depend on them.</summary>
internal static class FairnessReport
{
    private const int MostGroups = 40;

    public static void Say(Terminal terminal, FairnessMetrics metrics)
    {
        ColumnFairness[] views = [.. metrics.Columns, .. metrics.Intersection is { } cells ? [cells] : Array.Empty<ColumnFairness>()];
        foreach (var view in views)
        {
            terminal.Say("");
            terminal.Say($"{view.Name}: {view.Groups.Count} group{(view.Groups.Count == 1 ? "" : "s")}{(view.Groups.Count > MostGroups ? $", the {MostGroups} largest" : "")}");
            var (titles, numbers) = Numbers(metrics.Task);
            terminal.Table(["Group", ">Rows", .. titles], view.Groups.Index().OrderByDescending(own => own.Item.Count).Take(MostGroups).OrderBy(own => own.Index).Select(own => own.Item).Append(metrics.All).Select(group =>
                (IReadOnlyList<string>)[group.Name, FormattableString.Invariant($"{group.Count:N0}{(group.IsSmall ? " (small)" : "")}"), .. numbers(group).Select(estimate => Terminal.Number(estimate.Value))]));
            if (view.Gaps.All(gap => gap.Highest is null))
                continue; // the notes say why
            terminal.Table(["Gap", ">Difference", ">By chance", ">Ratio", "Highest", "Lowest"], view.Gaps.Where(gap => gap.Highest is not null).Select(gap => (IReadOnlyList<string>)
            [
                metrics.Task == LearningTask.Multiclass && gap.Class is not null ? $"{gap.Name} ({gap.Class})" : gap.Name, Interval(gap.Difference), Terminal.Number(gap.Floor), Terminal.Number(gap.Ratio.Value),
                $"{gap.Highest}: {Terminal.Number(gap.HighestValue.Value)}", $"{gap.Lowest}: {Terminal.Number(gap.LowestValue.Value)}",
            ]));
        }

        terminal.Say("");
        terminal.Say(FormattableString.Invariant($"How much scores depend on groups (Jensen-Shannon divergence in {views.Max(view => view.Divergence.Bins)} bins, in nats, less what chance gives; distance correlation); scores spread by {Terminal.Number(metrics.ScoreSpread.Value)}"));
        terminal.Table(["Column", ">Divergence", ">By chance", ">Above chance", ">p", ">Correlation", ">By chance", ">p"], views.Select(view => (IReadOnlyList<string>)
        [
            view.Name, Terminal.Number(view.Divergence.Value.Value), Terminal.Number(view.Divergence.Floor), Interval(view.Divergence.AboveFloor), Terminal.Number(view.Divergence.PValue),
            Terminal.Number(view.Dependence.Correlation), Terminal.Number(view.Dependence.Floor), Terminal.Number(view.Dependence.PValue),
        ]));
        foreach (var note in metrics.Notes)
            terminal.Say(note);
    }

    private static (string[] Titles, Func<GroupFairness, Estimate[]> Numbers) Numbers(LearningTask task) => task switch
    {
        LearningTask.Binary => ([">Base rate", ">Selected", ">TPR", ">FPR", ">Precision", ">Errors", ">Log-loss"],
            group => [group.BaseRate, group.SelectionRate, group.TruePositiveRate, group.FalsePositiveRate, group.Precision, group.ErrorRate, group.LogLoss]),
        LearningTask.Multiclass => ([">Errors", ">Log-loss"], group => [group.ErrorRate, group.LogLoss]),
        _ => ([">Mean label", ">Mean prediction", ">Bias", ">RMSE", ">MAE"], group => [group.MeanLabel, group.MeanPrediction, group.Bias, group.RootMeanSquaredError, group.MeanAbsoluteError]),
    };

    private static string Interval(Estimate estimate) => double.IsNaN(estimate.Low) ? Terminal.Number(estimate.Value) : $"{Terminal.Number(estimate.Value)} [{Terminal.Number(estimate.Low)}, {Terminal.Number(estimate.High)}]";
}
