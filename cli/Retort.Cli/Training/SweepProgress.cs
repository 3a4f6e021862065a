using System.Globalization;
using Microsoft.ML.AutoML;
using Retort.Cli.Output;

namespace Retort.Cli.Training;

/// <summary>Shows what becomes of a search: a line for each rung that a trial has ended, or where somebody watches a table of the best.</summary>
internal sealed class SweepProgress(Terminal terminal, IReadOnlyList<SweepGoal> goals, RecipeSpace space, SweepSettings settings, SweepClock clock) : IMonitor, IProgress<SweepTrial>
{
    private const int Shown = 12;

    private readonly Dictionary<int, SweepTrial> _trials = [];
    private readonly object _lock = new();
    private int _begun;
    private string _teacher = "";

    /// <summary>The titles of tables of trials.</summary>
    public static IReadOnlyList<string> Titles(IReadOnlyList<SweepGoal> goals) => [">Trial", ">Rung", ">Epochs", .. goals.Select(goal => ">" + goal.Name), "Recipe"];

    /// <summary>A trial as a row of such a table.</summary>
    public static IReadOnlyList<string> Row(SweepTrial trial, IReadOnlyList<SweepGoal> goals, RecipeSpace space, int rungs) =>
    [
        Text(trial.Number), $"{Text(trial.Rungs)}/{Text(rungs)}", Text(trial.Epochs), .. goals.Select((goal, i) => trial.Failure is null ? Number(goal, trial.Objectives[i]) : "-"), trial.Failure ?? Brief(trial.Recipe, space),
    ];

    /// <summary>An objective's number for people.</summary>
    public static string Number(SweepGoal goal, double measured) => Terminal.Number(goal.Value(measured), goal.Objective switch { SweepObjective.Weights => 0, SweepObjective.Latency => 2, _ => 4 });

    public void Report(SweepTrial value)
    {
        lock (_lock)
        {
            _trials[value.Number] = value;
            if (!terminal.Live)
                terminal.Say($"Trial {Text(value.Number)}, {Text(value.Rungs)} of {Text(settings.Rungs)} rungs, {Text(value.Epochs)} epochs: {value.Failure ?? $"{string.Join(", ", goals.Select((goal, i) => $"{goal.Name} {Number(goal, value.Objectives[i])}"))}; {Brief(value.Recipe, space)}"}");
        }
    }

    /// <summary>Hears how far a teacher is that is trained first.</summary>
    public void Taught(double share, string text)
    {
        lock (_lock)
        {
            _teacher = share < 1 ? text : "";
            if (!terminal.Live && share > 0)
                terminal.Say($"Trained     {text}");
        }
    }

    public void ReportRunningTrial(TrialSettings settings)
    {
        clock.Start();
        Interlocked.Increment(ref _begun);
    }

    public void ReportCompletedTrial(TrialResult result)
    {
    }

    public void ReportBestTrial(TrialResult result)
    {
    }

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null)
    {
    }

    /// <summary>A line of how far the search is, and the best trials so far.</summary>
    /// <param name="limit">How long it may run in all.</param>
    public (string Line, IReadOnlyList<IReadOnlyList<string>> Rows) Draw(TimeSpan? limit)
    {
        lock (_lock)
        {
            var best = _trials.Values.Where(trial => trial.Failure is null).OrderByDescending(trial => trial.Rungs).ThenBy(trial => trial.Loss).ThenBy(trial => trial.Number).Take(Shown);
            var failed = _trials.Values.Count(trial => trial.Failure is not null);
            var left = limit is { } most ? most - clock.Elapsed is var rest && rest > TimeSpan.Zero ? $", {rest:h\\:mm\\:ss} left" : ", the last ones end" : $" of {Text(settings.Trials)}";
            return ($"Searching: {Text(_begun)} trials{left}{(failed > 0 ? $", {Text(failed)} failed" : "")}{(_teacher.Length > 0 ? $"; {_teacher}" : "")}", [.. best.Select(trial => Row(trial, goals, space, settings.Rungs))]);
        }
    }

    /// <summary>What of a recipe was searched, in few words.</summary>
    private static string Brief(Recipe recipe, RecipeSpace space) => string.Join(", ", Words(recipe, space));

    private static IEnumerable<string> Words(Recipe recipe, RecipeSpace space)
    {
        yield return Id(recipe.Network);
        if (space.Losses.Count > 0 && recipe.Loss is not null)
            yield return Id(recipe.Loss);
        if (space.Distillations.Count > 0 && recipe.Distillation is not null)
            yield return FormattableString.Invariant($"{Id(recipe.Distillation)} {recipe.Distillation.Weight:g2}");
        if (space.Penalties.Count > 0 && recipe.Penalty is not null)
            yield return FormattableString.Invariant($"{Id(recipe.Penalty)} {recipe.Penalty.Weight:g2}");
        if (space.Mixings.Count > 0 && recipe.Mixing is not null)
            yield return Id(recipe.Mixing);
        if (space.Optimizers.Count > 0)
            yield return FormattableString.Invariant($"{Id(recipe.Optimizer)} {recipe.Optimizer.LearningRate:g2}");
        if (space.Schedules.Count > 0)
            yield return Id(recipe.Schedule);
        if (space.Averagings.Count > 0 && recipe.Averaging is not null)
            yield return Id(recipe.Averaging);
        if (space.Calibrations.Count > 0 && recipe.Calibration is not null)
            yield return Id(recipe.Calibration);
        if (space.Subsets.Count > 0 && recipe.Subset is not null)
            yield return Id(recipe.Subset);
        if (space.Settings.Contains(nameof(Recipe.BatchSize)))
            yield return $"batch {Text(recipe.BatchSize)}";
    }

    private static string Id(Part part) => Methods.Of(part).Id;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
