using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Retort;

/// <summary><see cref="FairnessMetrics"/> as JSON.</summary>
internal static class FairnessJson
{
    // nothing here goes into a web page, where < or ' would have to hide
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Of(FairnessMetrics metrics) => new()
    {
        ["task"] = metrics.Task.ToString().ToLowerInvariant(),
        ["rows"] = metrics.Rows,
        ["minimumCount"] = metrics.MinimumCount,
        ["permutations"] = metrics.Permutations,
        ["scoreSpread"] = Of(metrics.ScoreSpread),
        ["all"] = Of(metrics.All),
        ["columns"] = List(metrics.Columns.Select(Of)),
        ["intersection"] = metrics.Intersection is null ? null : Of(metrics.Intersection),
        ["notes"] = List(metrics.Notes.Select(note => JsonValue.Create(note))),
    };

    private static JsonObject Of(ColumnFairness column)
    {
        var (divergence, dependence) = (column.Divergence, column.Dependence);
        var json = new JsonObject
        {
            ["name"] = column.Name,
            ["columns"] = List(column.Columns.Select(name => JsonValue.Create(name))),
            ["smallGroups"] = column.SmallGroups,
            ["groups"] = List(column.Groups.Select(Of)),
            ["gaps"] = List(column.Gaps.Select(Of)),
        };
        if (column.ClassGaps.Count > 0)
            json["classGaps"] = List(column.ClassGaps.Select(Of));
        json["divergence"] = new JsonObject
        {
            ["class"] = divergence.Class,
            ["jensenShannon"] = Of(divergence.Value),
            ["floor"] = Number(divergence.Floor),
            ["aboveFloor"] = Of(divergence.AboveFloor),
            ["pValue"] = Number(divergence.PValue),
            ["bins"] = divergence.Bins,
            ["cells"] = divergence.Cells,
            ["pooledGroups"] = divergence.PooledGroups,
        };
        json["dependence"] = new JsonObject
        {
            ["class"] = dependence.Class,
            ["distanceCovariance"] = Number(dependence.Covariance),
            ["unbiasedDistanceCovariance"] = Number(dependence.UnbiasedCovariance),
            ["distanceCorrelation"] = Number(dependence.Correlation),
            ["floor"] = Number(dependence.Floor),
            ["pValue"] = Number(dependence.PValue),
            ["rows"] = dependence.Rows,
            ["testedRows"] = dependence.TestedRows,
        };
        return json;
    }

    private static JsonObject Of(GroupFairness group)
    {
        var json = new JsonObject { ["name"] = group.Name, ["values"] = List(group.Values.Select(value => JsonValue.Create(value))), ["count"] = group.Count, ["share"] = Number(group.Share), ["isSmall"] = group.IsSmall };
        if (group.Classes.Count == 0)
        {
            (json["meanPrediction"], json["meanLabel"]) = (Of(group.MeanPrediction), Of(group.MeanLabel));
            (json["rmse"], json["mae"], json["bias"]) = (Of(group.RootMeanSquaredError), Of(group.MeanAbsoluteError), Of(group.Bias));
            return json;
        }

        (json["accuracy"], json["errorRate"], json["logLoss"]) = (Of(group.Accuracy), Of(group.ErrorRate), Of(group.LogLoss));
        json["classes"] = List(group.Classes.Select(own => new JsonObject
        {
            ["class"] = own.Class,
            ["baseRate"] = Of(own.BaseRate),
            ["selectionRate"] = Of(own.SelectionRate),
            ["truePositiveRate"] = Of(own.TruePositiveRate),
            ["falsePositiveRate"] = Of(own.FalsePositiveRate),
            ["precision"] = Of(own.Precision),
            ["meanScore"] = Of(own.MeanScore),
        }));
        return json;
    }

    private static JsonObject Of(FairnessGap gap) => new()
    {
        ["name"] = gap.Name,
        ["class"] = gap.Class,
        ["difference"] = Of(gap.Difference),
        ["floor"] = Number(gap.Floor),
        ["ratio"] = Of(gap.Ratio),
        ["highest"] = gap.Highest,
        ["highestValue"] = Of(gap.HighestValue),
        ["lowest"] = gap.Lowest,
        ["lowestValue"] = Of(gap.LowestValue),
        ["leftOut"] = gap.LeftOut,
    };

    private static JsonObject Of(Estimate estimate) => new() { ["value"] = Number(estimate.Value), ["low"] = Number(estimate.Low), ["high"] = Number(estimate.High) };

    private static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    private static JsonArray List(IEnumerable<JsonNode?> items) => [.. items];
}
