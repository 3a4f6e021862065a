using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Commands;

/// <summary><c>retort evaluate</c>: how good a saved model is on a table.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var data = CommonOptions.Data("Rows with their labels: CSV or TSV with a header line.");
        var label = new Option<string?>("--label") { Description = "The column that was to be predicted; by default the one that the model was trained on.", HelpName = "COLUMN" };
        var guarded = new Option<string[]>("--protected")
        {
            Description = "Columns whose groups, and those that they make together, are compared, separated by commas; the model need not read them.",
            HelpName = "COLUMNS",
            DefaultValueFactory = _ => [],
        };
        var seed = CommonOptions.Whole("--seed", "Where the draws begin that make the intervals of --protected; default 1.");
        var command = new Command("evaluate", "Measure a saved model on a table.") { model, data, label, guarded, seed };
        command.Does((parsed, terminal, cancel) => Run(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetValue(label), parsed.GetRequiredValue(guarded), parsed.GetValue(seed) ?? 1, terminal, cancel));
        return command;
    }

    private static int Run(string path, string data, string? label, string[] asked, int seed, Terminal terminal, CancellationToken cancel)
    {
        var ml = new MLContext();
        var file = ModelFile.Load(ml, path);
        label = file.LabelOr(label);
        var table = Table.Read(data, cancel);
        string[] guarded = Fairness.Named(table, asked, label);
        (string, DataKind)[] columns = [.. file.Columns(table).Where(c => c.Name != label), file.Label(table, label)];
        var rows = ml.Data.Cache(table.Load(ml, [.. columns, .. Fairness.Columns(table, guarded, columns)]));

        var scored = Scored.Read(file.Model.Transform(rows), label, cancel);
        var quality = Quality.Of(scored);
        var speed = 1 / Measured.SecondsARow(file.Model, rows, cancel);

        var fairness = guarded.Length == 0 ? null : Fairness.Of(ml, file.Model.Transform(rows), scored.Task, label, guarded, seed);
        QualityTable.Say(terminal, quality, scored);
        if (fairness is not null)
            FairnessReport.Say(terminal, fairness);
        terminal.Say(FormattableString.Invariant($"Scores {speed:N0} rows a second."));
        var result = new JsonObject
        {
            ["task"] = scored.Task.ToString().ToLowerInvariant(),
            ["label"] = label,
            ["rows"] = scored.Rows,
            ["rowsWithoutLabel"] = scored.Unlabelled,
        };
        foreach (var (name, value) in quality)
            result[name] = Terminal.Value(value);
        if (fairness is not null)
            result["fairness"] = JsonNode.Parse(fairness.ToJson());
        result["rowsPerSecond"] = Terminal.Value(speed);
        terminal.Result(result);
        return App.Ok;
    }
}
