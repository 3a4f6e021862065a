using System.Globalization;
using System.Text.Json.Nodes;
using Retort.Cli.Output;
using Retort.Cli.Tables;

namespace Retort.Cli.Demo;

/// <summary>The runs of one set, over its seeds.</summary>
internal sealed record Summary(DemoSet Set, IReadOnlyList<Summary.Row> Rows, IReadOnlyList<DemoRun> Runs)
{
    /// <summary>One model of the set: a line of the table.</summary>
    public sealed record Row(string Name, Spread Main, Spread LogLoss, int Parameters, double Microseconds);

    public bool Regression => double.IsNaN(Runs[0].Models[0].LogLoss);

    public static Summary Of(IReadOnlyList<DemoRun> runs, CancellationToken cancel)
    {
        var times = runs[0].Microseconds(cancel);
        var rows = runs[0].Models.Select((model, i) => new Row(
            model.Name, Spread.Of(runs.Select(r => r.Models[i].Main)), Spread.Of(runs.Select(r => r.Models[i].LogLoss)), model.Parameters, times[i]));
        return new(runs[0].Set, [.. rows], runs);
    }

    /// <summary>What the teacher did for the student, as it came out.</summary>
    public string Verdict()
    {
        var (plain, distilled) = (Rows[1], Rows[2]);
        var gains = Runs.Select(r => Regression ? r.Models[1].Main - r.Models[2].Main : r.Models[1].LogLoss - r.Models[2].LogLoss).ToArray();
        var better = gains.Count(g => g > 0);
        return Regression
            ? string.Create(CultureInfo.InvariantCulture, $"{Set.Name}: the teacher changed the student's RMSE by {distilled.Main.Mean - plain.Main.Mean:+0.00;-0.00}; better with {better} of {Names.Count(Runs.Count, "seed")}.")
            : string.Create(CultureInfo.InvariantCulture, $"{Set.Name}: the teacher changed the student's accuracy by {100 * (distilled.Main.Mean - plain.Main.Mean):+0.00;-0.00} points and its log-loss by {distilled.LogLoss.Mean - plain.LogLoss.Mean:+0.0000;-0.0000}; lower log-loss with {better} of {Names.Count(Runs.Count, "seed")}.");
    }

    public JsonObject ToJson() => new()
    {
        ["set"] = Set.Name,
        ["metric"] = Regression ? "rmse" : "accuracy",
        ["models"] = new JsonArray([.. Rows.Select(row => new JsonObject
        {
            ["model"] = row.Name,
            [Regression ? "rmse" : "accuracy"] = Terminal.Value(row.Main.Mean),
            [(Regression ? "rmse" : "accuracy") + "Deviation"] = Terminal.Value(row.Main.Deviation),
            ["logLoss"] = Terminal.Value(row.LogLoss.Mean),
            ["logLossDeviation"] = Terminal.Value(row.LogLoss.Deviation),
            ["parameters"] = row.Parameters,
            ["microsecondsARow"] = Terminal.Value(row.Microseconds),
        })]),
    };
}
