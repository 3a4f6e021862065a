using System.Text.Json;
using System.Text.Json.Nodes;

namespace Retort.Cli.Reports;

/// <summary>The files that <c>train</c> and <c>sweep</c> write beside a model, where they are there.</summary>
internal sealed class Beside(string folder)
{
    public JsonNode? Metrics { get; } = Read(folder, "metrics.json");

    /// <summary>path.json with what a plot and a table of it need.</summary>
    public JsonNode? ThePath()
    {
        if (Read(folder, "path.json") is not JsonObject path || path["points"] is not JsonArray points)
            return null;
        foreach (var point in points.OfType<JsonObject>())
        {
            var fairness = point["fairness"];
            var view = fairness?["intersection"] ?? fairness?["columns"]?[0];
            path["of"] ??= view?["name"]?.DeepClone();
            point["spread"] = fairness?["scoreSpread"]?.DeepClone();
            point["gaps"] = new JsonArray([.. (view?["gaps"] as JsonArray ?? []).Select(gap => (JsonNode)new JsonObject { ["name"] = gap?["name"]?.DeepClone(), ["difference"] = gap?["difference"]?["value"]?.DeepClone() })]);
            point.Remove("fairness");
        }

        if (Metrics?["path"] is JsonArray tested)
            path["tested"] = tested.DeepClone();
        return path;
    }

    /// <summary>sweep.json with recipes in few words.</summary>
    public JsonNode? TheSweep()
    {
        if (Read(folder, "sweep.json") is not JsonObject sweep || sweep["trials"] is not JsonArray trials)
            return null;
        sweep.Remove("space");
        foreach (var trial in trials.OfType<JsonObject>())
        {
            var recipe = trial["recipe"] as JsonObject;
            trial["words"] = string.Join(", ", (recipe ?? []).Where(part => part.Value is JsonObject own && own["$type"] is not null).Select(part => part.Value!["$type"]!.ToString()));
            trial.Remove("recipe");
        }

        if (Metrics?["sweep"]?["front"] is JsonArray front)
            sweep["tested"] = front.DeepClone();
        return sweep;
    }

    private static JsonNode? Read(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;
        }
        catch (JsonException)
        {
            return null; // another program's file
        }
    }
}
