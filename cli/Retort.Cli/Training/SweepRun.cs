using System.Text.Json.Nodes;
using Microsoft.ML;
using Retort.Cli.Output;

namespace Retort.Cli.Training;

/// <summary>What a search for recipes has found, of whatever task.</summary>
internal sealed class SweepRun
{
    private readonly Func<SweepTrial, ITransformer> _models;

    private SweepRun(IReadOnlyList<SweepTrial> trials, SweepTrial best, IReadOnlyList<SweepTrial> front, bool isWhole, Func<SweepTrial, ITransformer> models) =>
        (Trials, Best, Front, IsWhole, _models) = (trials, best, front, isWhole, models);

    public IReadOnlyList<SweepTrial> Trials { get; }

    public SweepTrial Best { get; }

    /// <summary>The trials that no other one is better than in all objectives.</summary>
    public IReadOnlyList<SweepTrial> Front { get; }

    /// <summary>Whether any trial was trained to its end.</summary>
    public bool IsWhole { get; }

    public static SweepRun Of<T>(NetworkSweep<T> sweep) where T : NetworkTransformer => new(sweep.Trials, sweep.Best, sweep.Pareto, sweep.IsWhole, sweep.ModelOf);

    /// <summary>The network of a trial on the front.</summary>
    public ITransformer ModelOf(SweepTrial trial) => _models(trial);

    /// <summary>All that is known of the search.</summary>
    /// <param name="space">What was searched.</param>
    /// <param name="goals">What the objectives are called.</param>
    /// <param name="seconds">How long it took.</param>
    public JsonObject ToJson(RecipeSpace space, IReadOnlyList<SweepGoal> goals, double seconds) => new()
    {
        ["space"] = JsonNode.Parse(space.ToJson()),
        ["objectives"] = new JsonArray([.. goals.Select(goal => (JsonNode)goal.Name)]),
        ["seconds"] = Terminal.Value(seconds),
        ["best"] = Best.Number,
        ["front"] = new JsonArray([.. Front.Select(trial => (JsonNode)trial.Number)]),
        ["trials"] = new JsonArray([.. Trials.Select(trial => (JsonNode)Line(trial, goals))]),
    };

    /// <summary>What a trial has reached, by the objectives' names; empty where it failed.</summary>
    public static JsonObject Objectives(SweepTrial trial, IReadOnlyList<SweepGoal> goals) =>
        new(goals.Zip(trial.Objectives, (goal, value) => KeyValuePair.Create(goal.Name, Terminal.Value(goal.Value(value)))));

    private static JsonObject Line(SweepTrial trial, IReadOnlyList<SweepGoal> goals)
    {
        var line = new JsonObject
        {
            ["trial"] = trial.Number,
            ["rungs"] = trial.Rungs,
            ["epochs"] = trial.Epochs,
            ["bestEpoch"] = trial.BestEpoch,
            ["rowEpochs"] = trial.RowEpochs,
            ["objectives"] = Objectives(trial, goals),
            ["recipe"] = JsonNode.Parse(trial.Recipe.ToJson()),
        };
        if (trial.Failure is not null)
            line["failure"] = trial.Failure;
        return line;
    }
}
