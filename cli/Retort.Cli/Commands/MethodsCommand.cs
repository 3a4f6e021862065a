using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Retort.Cli.Catalogue;
using Retort.Cli.Output;

namespace Retort.Cli.Commands;

/// <summary><c>retort methods</c>: what a recipe can be made of.</summary>
internal static class MethodsCommand
{
    public static Command Create()
    {
        var markdown = new Option<bool>("--markdown") { Description = "Print the list as a page of Markdown." };
        var command = new Command("methods", "List the methods that a recipe can be made of, with their settings and sources.") { markdown };
        command.Does((parsed, terminal, _) => parsed.GetValue(markdown) ? Page(terminal) : List(terminal));
        return command;
    }

    private static int Page(Terminal terminal)
    {
        terminal.Output.Write(MethodsPage.Write());
        return App.Ok;
    }

    private static int List(Terminal terminal)
    {
        foreach (var kind in Methods.All.GroupBy(method => method.Kind))
        {
            terminal.Say($"{kind.Key}: {Summaries.OfKind(kind.First())}");
            foreach (var method in kind)
            {
                terminal.Say($"  {method.Id} ({method.Type.Name}; {method.Tasks}{(method.Needs == Needs.Nothing ? "" : $"; needs {method.Needs}")})");
                terminal.Say($"      {Summaries.Of(method.Type)}");
                terminal.Say($"      {MethodsPage.Cited(method)}");
                foreach (var setting in method.Settings)
                    terminal.Say($"      {SettingText.Of(setting)}");
            }
        }

        terminal.Result(new JsonObject { ["methods"] = new JsonArray([.. Methods.All.Select(Card)]) });
        return App.Ok;
    }

    private static JsonNode Card(Method method) => new JsonObject
    {
        ["id"] = method.Id,
        ["kind"] = method.Kind,
        ["class"] = method.Type.Name,
        ["effect"] = Summaries.Of(method.Type),
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
        Part part => JsonNode.Parse(part.ToJson()),
        _ => JsonSerializer.SerializeToNode(value, value.GetType()),
    };
}
