using System.Text.Json.Nodes;
using Retort.Cli.Output;

namespace Retort.Cli.Consumption;

/// <summary>What was learned from which table, as a file <c>.mbconfig</c> of ML.NET's Model Builder says it.</summary>
internal static class ModelBuilderConfig
{
    /// <param name="source">The model and what is known of it.</param>
    /// <param name="values">Its columns.</param>
    /// <param name="folder">Where the file will lie: the path of the table is relative to it.</param>
    public static JsonObject Of(ConsumptionSource source, ConsumptionValues values, string folder)
    {
        var scenario = values.Regression ? "Regression" : "Classification";
        var config = new JsonObject { ["Scenario"] = scenario };
        if (source.Table is { } table)
            config["DataSource"] = new JsonObject
            {
                ["Type"] = "TabularFile",
                ["Version"] = 3,
                ["FilePath"] = Path.GetRelativePath(folder, table.Path),
                ["Delimiter"] = table.Separator.ToString(),
                ["DecimalMarker"] = ".",
                ["HasHeader"] = true,
                ["AllowQuoting"] = true,
                ["EscapeCharacter"] = "\"",
                ["ReadMultiLines"] = table.Multiline,
                ["ColumnProperties"] = new JsonArray([.. table.Columns.Select(column => Column(source, values, column))]),
            };
        config["Environment"] = new JsonObject { ["Type"] = source.Run is { OnCuda: true } ? "LocalGPU" : "LocalCPU", ["Version"] = 1 };
        if (source.Run is { } run)
        {
            config["RunHistory"] = new JsonObject
            {
                ["Version"] = 2,
                ["Type"] = "Result",
                ["Trials"] = new JsonArray(new JsonObject { ["Version"] = 1, ["Type"] = "Trial", ["TrainerName"] = run.Trainer, ["Score"] = Terminal.Value(run.Score), ["RuntimeInSeconds"] = Terminal.Value(run.Seconds) }),
                ["MetricName"] = run.Metric,
            };
            var option = new JsonObject { ["Version"] = 2, ["Type"] = $"{scenario}TrainingOption", ["LabelColumn"] = source.Label, ["TrainingTime"] = (int)Math.Ceiling(run.Seconds), ["Seed"] = run.Seed, ["Subsampling"] = false };
            if (run.TestShare is { } share)
                option["ValidationOption"] = new JsonObject { ["Version"] = 0, ["Type"] = "TrainValidateSplitValidationOption", ["SplitRatio"] = share };
            config["TrainingOption"] = option;
        }

        config["Type"] = "TrainingConfig";
        config["Version"] = 5;
        return config;
    }

    private static JsonObject Column(ConsumptionSource source, ConsumptionValues values, Tables.Column column)
    {
        var field = values.Fields.FirstOrDefault(field => field.Name == column.Name);
        var isLabel = column.Name == source.Label;
        return new()
        {
            ["ColumnName"] = column.Name,
            ["ColumnPurpose"] = isLabel ? "Label" : field is null ? "Ignore" : "Feature",
            ["ColumnDataFormat"] = (isLabel ? values.LabelKind : field?.Kind ?? Training.Pipeline.Kind(column)).ToString(),
            ["IsCategorical"] = isLabel ? !values.Regression : field is { IsText: true },
            ["Type"] = "Column",
            ["Version"] = 5,
        };
    }
}
