using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Retort.Cli.Output;

namespace Retort.Cli.Commands;

/// <summary><c>retort methods</c>: what a recipe can be made of.</summary>
internal static class MethodsCommand
{
    public static Command Create()
    {
        var command = new Command("methods", "List the methods that a recipe can be made of, with their settings and sources.");
        command.Does((_, terminal, _) => Run(terminal));
        return command;
    }

    private static int Run(Terminal terminal)
    {
        terminal.Table(
            ["Kind", "Id", "Settings", "Tasks", "Needs", "Source"],
            Methods.All.Select(m => (IReadOnlyList<string>)[m.Kind, m.Id, Settings(m), m.Tasks.ToString(), m.Needs == Needs.Nothing ? "" : m.Needs.ToString(), Source(m)]));
        terminal.Result(new JsonObject { ["methods"] = new JsonArray([.. Methods.All.Select(Card)]) });
        return App.Ok;
    }

    private static string Settings(Method method) => string.Join(", ", method.Settings.Select(s => $"{s.Name} = {Text(s.Default)}"));

    private static string Source(Method method) => method.Year == 0 ? method.Title : $"{method.Authors}, {method.Title}, {method.Year}";

    private static JsonNode Card(Method method) => new JsonObject
    {
        ["id"] = method.Id,
        ["kind"] = method.Kind,
        ["title"] = method.Title,
        ["authors"] = method.Authors,
        ["year"] = method.Year,
        ["link"] = method.Link,
        ["tasks"] = Flags(method.Tasks, [LearningTasks.Binary, LearningTasks.Multiclass, LearningTasks.Regression]),
        ["needs"] = Flags(method.Needs, Enum.GetValues<Needs>().Where(n => n != Needs.Nothing)),
        ["settings"] = new JsonArray([.. method.Settings.Select(s => new JsonObject
        {
            ["name"] = s.Name,
            ["default"] = Value(s.Default),
            ["minimum"] = Value(s.Minimum),
            ["maximum"] = Value(s.Maximum),
            ["logScale"] = s.LogScale,
            ["choices"] = new JsonArray([.. s.Choices.Select(Value)]),
        })]),
    };

    private static JsonArray Flags<T>(T value, IEnumerable<T> all) where T : struct, Enum =>
        new([.. all.Where(flag => value.HasFlag(flag)).Select(flag => JsonValue.Create(JsonNamingPolicy.CamelCase.ConvertName(flag.ToString())))]);

    private static JsonNode? Value(object? value) => value switch
    {
        null => null,
        Enum => JsonValue.Create(value.ToString()),
        _ => JsonSerializer.SerializeToNode(value, value.GetType()),
    };

    private static string Text(object? value) => value switch
    {
        null => "none",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
