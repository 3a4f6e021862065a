using System.Text.Json.Nodes;
using Microsoft.ML;
using Retort.Cli.Training;

namespace Retort.Cli.Consumption;

/// <summary>The project of a model that was just trained.</summary>
internal static class TrainedProject
{
    /// <summary>What is known of it.</summary>
    public static ConsumptionSource Source(TrainingTable data, ITransformer model, Recipe recipe, TestedModel tested, TimeSpan time)
    {
        var names = data.Pipeline.Columns.Select(column => column.Name).ToArray(); // not what training alone looks at
        var rows = data.Context.Transforms.SelectColumns(names).Fit(data.Train).Transform(data.Train);
        var network = JsonNode.Parse(recipe.ToJson())!["Network"]?["$type"]?.ToString();
        var (metric, own) = data.Plan.Task == LearningTask.Regression ? ("RSquared", "r2") : ("MicroAccuracy", "accuracy");
        return new(model, data.Input, rows, data.Plan.Label.Name, data.Pipeline.Columns[^1].Kind, data.Table,
            new($"Retort network {network}", data.Request.Seed, time.TotalSeconds, metric, tested.Quality.First(quality => quality.Name == own).Value,
                data.Request.Test is null ? TrainingTable.TestShare : null, recipe.Device == TrainingDevice.Cuda));
    }
}
