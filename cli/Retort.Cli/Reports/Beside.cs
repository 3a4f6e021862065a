using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Retort.Cli.Reports;

/// <summary>The files that <c>train</c> and <c>sweep</c> write beside a model, where they are there.</summary>
internal sealed class Beside(string folder)
{
    public JsonNode? Metrics { get; } = Read(folder, "metrics.json");

    /// <summary>path.json with what a plot and a table of it need: where its own measure is not to be had, since the groups are small, that of the first column that has one.</summary>
    public JsonNode? ThePath()
    {
        if (Read(folder, "path.json") is not JsonObject path || path["points"] is not JsonArray points)
            return null;
        JsonObject[] all = [.. points.OfType<JsonObject>()];
        var lacks = all.All(point => point["measured"]?["value"] is null);
        var first = all.FirstOrDefault()?["fairness"];
        var index = (first?["columns"] as JsonArray)?.Select((column, i) => (Column: column, Index: i)).Where(own => own.Column?["divergence"]?["aboveFloor"]?["value"] is not null).Select(own => (int?)own.Index).FirstOrDefault();
        path["of"] = (lacks && index is { } other ? first?["columns"]?[other] : first?["intersection"] ?? first?["columns"]?[0])?["name"]?.DeepClone();
        if (lacks && index is not null)
            path["measure"] = nameof(PathMeasure.Divergence);
        foreach (var point in all)
        {
            if (lacks && index is { } own)
                point["measured"] = point["fairness"]?["columns"]?[own]?["divergence"]?["aboveFloor"]?.DeepClone();
            point["spread"] = point["fairness"]?["scoreSpread"]?.DeepClone();
            point.Remove("fairness");
        }

        if (Metrics?["path"] is JsonArray tested)
            path["tested"] = tested.DeepClone();
        return path;
    }

    /// <summary>sweep.json with recipes in few words: what differs between them.</summary>
    public JsonNode? TheSweep()
    {
        if (Read(folder, "sweep.json") is not JsonObject sweep || sweep["trials"] is not JsonArray trials)
            return null;
        sweep.Remove("space");
        (JsonObject Trial, Dictionary<string, string> Leaves)[] all = [.. trials.OfType<JsonObject>().Select(trial => (trial, Leaves(trial["recipe"], "").ToDictionary()))];
        string[] varied = [.. all.SelectMany(own => own.Leaves.Keys).Distinct().Where(key => all.Select(own => own.Leaves.GetValueOrDefault(key)).Distinct().Count() > 1)];
        foreach (var (trial, leaves) in all)
        {
            trial["words"] = string.Join(", ", varied.Where(leaves.ContainsKey).Select(key => key.EndsWith('$') ? leaves[key] : $"{key.Split('.')[^1]} {leaves[key]}"));
            trial.Remove("recipe");
        }

        if (Metrics?["sweep"]?["front"] is JsonArray front)
            sweep["tested"] = front.DeepClone();
        return sweep;
    }

    // each setting by its place; the method of a part under the part's name and $
    private static IEnumerable<KeyValuePair<string, string>> Leaves(JsonNode? node, string place) => node switch
    {
        JsonObject part => part.SelectMany(own => Leaves(own.Value, own.Key == "$type" ? place + "$" : place.Length == 0 ? own.Key : $"{place}.{own.Key}")),
        JsonArray list => [new(place, list.ToJsonString())],
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [new(place, ((double)value).ToString("G3", CultureInfo.InvariantCulture))],
        JsonValue value => [new(place, value.ToString())],
        _ => [],
    };

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
