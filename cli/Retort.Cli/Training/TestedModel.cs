using System.Text.Json.Nodes;
using Microsoft.ML;
using Retort.Cli.Metrics;
using Retort.Cli.Output;
using Retort.Cli.Reports;

namespace Retort.Cli.Training;

/// <summary>What a model is worth on the test rows: the content of metrics.json, and its report for people.</summary>
/// <param name="Scored">Its predictions.</param>
/// <param name="Quality">Its metrics by name.</param>
/// <param name="Fairness">Its groups; null without protected columns.</param>
/// <param name="RowsPerSecond">How fast it scores.</param>
internal sealed record TestedModel(Scored Scored, IReadOnlyList<(string Name, double Value)> Quality, FairnessMetrics? Fairness, double RowsPerSecond)
{
    /// <summary>Scores the test rows, several times for the speed.</summary>
    public static TestedModel Of(TrainingTable data, ITransformer model, Terminal terminal, CancellationToken cancel)
    {
        var scored = Read(data, model, cancel);
        var speed = 1 / Measured.SecondsARow(model, data.Context.Data.Cache(data.Test), cancel);
        var guarded = data.Protected;
        var unseen = Array.Find(guarded, name => data.Test.Schema.GetColumnOrNull(name) is null);
        if (unseen is not null)
            terminal.Say($"Note        the groups of the protected columns are not compared, since '{data.Request.Test}' has no column '{unseen}'");
        var fairness = guarded.Length == 0 || unseen is not null ? null
            : Metrics.Fairness.Of(data.Context, model.Transform(data.Context.Data.Cache(data.Test)), data.Plan.Task, data.Plan.Label.Name, guarded, data.Request.Seed);
        return new(scored, Metrics.Quality.Of(scored), fairness, speed);
    }

    /// <summary>The metrics alone, of a model that is one of several.</summary>
    public static IReadOnlyList<(string Name, double Value)> QualityOf(TrainingTable data, ITransformer model, CancellationToken cancel) => Metrics.Quality.Of(Read(data, model, cancel));

    /// <summary>What metrics.json begins with.</summary>
    public JsonObject ToJson(TrainingTable data)
    {
        var metrics = new JsonObject
        {
            ["task"] = TrainingTable.Name(data.Plan.Task),
            ["label"] = data.Plan.Label.Name,
            ["testRows"] = Scored.Rows,
            ["rowsWithoutLabel"] = data.RowsWithoutLabel,
        };
        foreach (var (name, value) in Quality)
            metrics[name] = Terminal.Value(value);
        if (Fairness is not null)
            metrics["fairness"] = JsonNode.Parse(Fairness.ToJson());
        metrics["provenance"] = Provenance.Of(data.Request.Command, data.Request.Seed, data.Table, data.Request.Test, data.Plan.Group?.Name);
        return metrics;
    }

    public void Say(Terminal terminal)
    {
        QualityTable.Say(terminal, Quality, Scored);
        if (Fairness is not null)
            FairnessReport.Say(terminal, Fairness);
    }

    private static Scored Read(TrainingTable data, ITransformer model, CancellationToken cancel) => Scored.Read(model.Transform(data.Test), data.Plan.Label.Name, cancel);
}
