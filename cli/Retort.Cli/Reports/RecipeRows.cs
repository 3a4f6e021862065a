using System.Text.Json.Nodes;

namespace Retort.Cli.Reports;

/// <summary>A recipe as lines for people: each part with its settings and the paper that it comes from.</summary>
internal static class RecipeRows
{
    public static IReadOnlyList<PartRow> Of(Recipe recipe)
    {
        var json = (JsonObject)JsonNode.Parse(recipe.ToJson())!;
        var rows = new List<PartRow>();
        foreach (var (name, value) in json)
        {
            if (value is not JsonObject part || part["$type"]?.ToString() is not { } id)
                continue;
            var method = Methods.All.FirstOrDefault(own => own.Id == id && own.Kind == name) ?? Methods.All.FirstOrDefault(own => own.Id == id);
            var source = method is null || method.Year == 0 ? "" : $"{method.Authors}, {method.Title}, {method.Year}";
            rows.Add(new(name, id, Settings(part), source, method?.Link ?? ""));
        }

        rows.Add(new("Training", "", string.Join(", ", json.Where(own => own.Value is JsonValue).Select(own => $"{own.Key} {own.Value}")), "", ""));
        return rows;
    }

    private static string Settings(JsonObject part) => string.Join(", ", part.Where(own => own.Key != "$type" && own.Value is not null).Select(own => $"{own.Key} {(own.Value is JsonValue ? own.Value.ToString() : own.Value!.ToJsonString())}"));
}
