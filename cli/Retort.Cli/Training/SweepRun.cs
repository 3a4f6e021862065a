using System.Text.Json.Nodes;
using Microsoft.ML;
using Retort.Cli.Output;

namespace Retort.Cli.Training;

/// <summary>What a search for recipes has found, of whatever task.</summary>
internal sealed class SweepRun
{
    private readonly Func<SweepTrial, ITransformer> _models;

    private SweepRun(IReadOnlyList<SweepTrial> trials, SweepTrial best, IReadOnlyList<SweepTrial> front, bool isWhole, SweepSoup? soup, NetworkTransformer? soupModel, Func<SweepTrial, ITransformer> models, Func<ITransformer> refit) =>
        (Trials, Best, Front, IsWhole, Soup, SoupModel, _models, Refit) = (trials, best, front, isWhole, soup, soupModel, models, refit);

    public IReadOnlyList<SweepTrial> Trials { get; }

    public SweepTrial Best { get; }

    /// <summary>The trials that no other one is better than in all objectives.</summary>
    public IReadOnlyList<SweepTrial> Front { get; }

    /// <summary>Whether any trial was trained to its end.</summary>
    public bool IsWhole { get; }

    /// <summary>The mean of several trials, where it is better than the best of them.</summary>
    public SweepSoup? Soup { get; }

    public NetworkTransformer? SoupModel { get; }

    /// <summary>Trains the best recipe once more, on the rows too that judged it.</summary>
    public Func<ITransformer> Refit { get; }

    public static SweepRun Of<T>(NetworkExperiment<T> experiment, IDataView rows) where T : NetworkTransformer
    {
        var sweep = experiment.Fit(rows);
        return new(sweep.Trials, sweep.Best, sweep.Pareto, sweep.IsWhole, sweep.Soup, sweep.SoupModel, sweep.ModelOf, () => experiment.Refit(sweep.Best, rows));
    }

    /// <summary>The network of a trial on the front.</summary>
    public ITransformer ModelOf(SweepTrial trial) => _models(trial);

    /// <summary>All that is known of the search.</summary>
    /// <param name="space">What was searched.</param>
    /// <param name="goals">What the objectives are called.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="chosen">Which network is the result.</param>
    public JsonObject ToJson(RecipeSpace space, IReadOnlyList<SweepGoal> goals, double seconds, string chosen) => new()
    {
        ["space"] = JsonNode.Parse(space.ToJson()),
        ["objectives"] = new JsonArray([.. goals.Select(goal => (JsonNode)goal.Name)]),
        ["seconds"] = Terminal.Value(seconds),
        ["best"] = Best.Number,
        ["chosen"] = chosen,
        ["soup"] = SoupJson(goals),
        ["front"] = new JsonArray([.. Front.Select(trial => (JsonNode)trial.Number)]),
        ["trials"] = new JsonArray([.. Trials.Select(trial => (JsonNode)Line(trial, goals))]),
    };

    /// <summary>The soup, or null.</summary>
    public JsonObject? SoupJson(IReadOnlyList<SweepGoal> goals) => Soup is null ? null : new() { ["trials"] = new JsonArray([.. Soup.Trials.Select(number => (JsonNode)number)]), ["objectives"] = Objectives(Soup.Objectives, goals) };

    /// <summary>What was reached, by the objectives' names; empty where a trial failed.</summary>
    public static JsonObject Objectives(IReadOnlyList<double> measured, IReadOnlyList<SweepGoal> goals) =>
        new(goals.Zip(measured, (goal, value) => KeyValuePair.Create(goal.Name, Terminal.Value(goal.Value(value)))));

    private static JsonObject Line(SweepTrial trial, IReadOnlyList<SweepGoal> goals)
    {
        var line = new JsonObject
        {
            ["trial"] = trial.Number,
            ["rungs"] = trial.Rungs,
            ["epochs"] = trial.Epochs,
            ["bestEpoch"] = trial.BestEpoch,
            ["rowEpochs"] = trial.RowEpochs,
            ["objectives"] = Objectives(trial.Objectives, goals),
            ["recipe"] = JsonNode.Parse(trial.Recipe.ToJson()),
        };
        if (trial.Failure is not null)
            line["failure"] = trial.Failure;
        return line;
    }
}
