using System.CommandLine;
using System.Text.Json.Nodes;
using Retort.Cli.Demo;
using Retort.Cli.Output;

namespace Retort.Cli.Commands;

/// <summary><c>retort score</c>, hidden: the other process of the demo, which loads a model and prints its scores.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        var (model, data) = (CommonOptions.Model(), CommonOptions.Data("The rows to score."));
        var command = new Command("score", "Print the scores of a saved model.") { model, data };
        command.Hidden = true;
        command.Does((parsed, terminal, cancel) => Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), terminal, cancel));
        return command;
    }

    private static int Run(string model, string data, Terminal terminal, CancellationToken cancel)
    {
        var scores = Reload.Scores(model, data, cancel);
        terminal.Say(string.Join('\n', scores.Select(Metrics.CellText.Text)));
        terminal.Result(new JsonObject { ["scores"] = new JsonArray([.. scores.Select(s => JsonValue.Create(s))]) });
        return App.Ok;
    }
}
