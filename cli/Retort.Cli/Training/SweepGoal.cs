namespace Retort.Cli.Training;

/// <summary>An objective of <c>--objective</c>.</summary>
/// <param name="Objective">What is made small.</param>
/// <param name="Name">What it is called in tables and files.</param>
internal sealed record SweepGoal(SweepObjective Objective, string Name)
{
    private const string Accuracy = "accuracy", Gap = "gap";

    private static readonly SweepGoal[] s_known =
    [
        new(SweepObjective.Loss, "loss"), new(SweepObjective.Error, Accuracy), new(SweepObjective.CalibrationError, "ece"), new(SweepObjective.Gap, Gap), new(SweepObjective.Weights, "weights"), new(SweepObjective.Latency, "latency"),
    ];

    /// <summary>What <c>--objective</c> takes.</summary>
    public static string Names => "loss, accuracy, ece, gap, gap:COLUMN, weights, latency";

    /// <summary>The objectives of a list, and the columns that it names.</summary>
    /// <exception cref="UsageException">A name is none of the objectives, or stands twice.</exception>
    public static (IReadOnlyList<SweepGoal> Goals, IReadOnlyList<string> Columns) Read(string text)
    {
        var (goals, columns) = (new List<SweepGoal>(), new List<string>());
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var (name, column) = word.IndexOf(':') is var colon and >= 0 ? (word[..colon], word[(colon + 1)..]) : (word, null);
            var goal = s_known.FirstOrDefault(known => known.Name == name);
            if (goal is null || column is not null && (name != Gap || column.Length == 0))
                throw new UsageException($"Option --objective must list some of {Names}, but lists '{word}'.");
            if (column is not null)
                columns.Add(column);
            if (goals.Contains(goal) && (column is null || columns.Count < 2))
                throw new UsageException($"Option --objective must list each objective once, but lists '{name}' twice.");
            if (!goals.Contains(goal))
                goals.Add(goal);
        }

        return (goals, columns);
    }

    /// <summary>The same, called as metrics of a task are.</summary>
    /// <exception cref="UsageException">The task has no such objective.</exception>
    public SweepGoal For(LearningTask task) =>
        task == LearningTask.Regression && (Objective is SweepObjective.Error or SweepObjective.CalibrationError) ? throw new UsageException($"Objective '{Name}' must be asked for where classes are predicted, but the task is regression.")
        : Objective == SweepObjective.Loss ? this with { Name = task == LearningTask.Regression ? "rmse" : "logLoss" }
        : this;

    /// <summary>A number as its name says it.</summary>
    public double Value(double measured) => Objective == SweepObjective.Error ? 1 - measured : measured;
}
