using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.ML;
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
        var command = new Command("evaluate", "Measure a saved model on a table.") { model, data, label };
        command.Does((parsed, terminal, cancel) => Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetValue(label), terminal, cancel));
        return command;
    }

    private static int Run(string path, string data, string? label, Terminal terminal, CancellationToken cancel)
    {
        var ml = new MLContext();
        var file = ModelFile.Load(ml, path);
        label ??= file.SpareLabel ?? throw new UsageException($"Option --label must name the label, since model '{path}' does not say which column it is.");
        var table = Table.Read(data, cancel);
        var columns = file.Columns(table).Where(c => c.Name != label).Append(file.Label(table, label));
        var rows = ml.Data.Cache(table.Load(ml, columns));

        var scored = Scored.Read(file.Model.Transform(rows), label, cancel);
        var quality = Quality.Of(scored);
        var speed = 1 / Measured.SecondsARow(file.Model, rows, cancel);

        Report.Quality(terminal, quality, scored);
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
        result["rowsPerSecond"] = Terminal.Value(speed);
        terminal.Result(result);
        return App.Ok;
    }
}
