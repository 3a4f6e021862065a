using Retort.Cli.Metrics;
using Retort.Cli.Tables;

namespace Retort.Cli.Output;

/// <summary>Metrics for people.</summary>
internal static class QualityTable
{
    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["accuracy"] = "share of rows with the right class",
        ["logLoss"] = "mean of -ln(probability of the right class); lower is better",
        ["auc"] = "share of pairs that the probabilities put in order",
        ["ece"] = "gap between confidence and accuracy; lower is better",
        ["brier"] = "mean squared error of the probabilities; lower is better",
        ["rmse"] = "root of the mean squared error; lower is better",
        ["mae"] = "mean absolute error; lower is better",
        ["r2"] = "share of the variance explained",
    };

    public static void Say(Terminal terminal, IReadOnlyList<(string Name, double Value)> quality, Scored scored)
    {
        terminal.Say("");
        terminal.Say(FormattableString.Invariant($"Measured on {Names.Count(scored.Rows, "row")}{(scored.Unlabelled > 0 ? $" ({scored.Unlabelled:N0} more have no label)" : "")}:"));
        terminal.Table(["Metric", ">Value", "Meaning"], quality.Select(q => (IReadOnlyList<string>)[q.Name, Terminal.Number(q.Value), Meanings[q.Name]]));
    }
}
