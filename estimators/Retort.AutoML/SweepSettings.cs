namespace Retort;

/// <summary>How much a search for recipes may cost, and what it is after.</summary>
/// <remarks>
/// Recipes are tried by successive halving: each is trained for the first part of its epochs, those that are then among the best <c>1 / Reduction</c> of all that came so far by the first objective go on where they stood, and so on until the last have had all of theirs; of several objectives the best of each goes on in any case.
/// Nothing waits for others: <c>Reduction^(Rungs - 1)</c> are on the way at a time, and what becomes of each is decided in the order in which they were begun. One rung gives every trial its whole run.
/// Source: Jamieson and Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter Optimization, 2016, https://arxiv.org/abs/1502.07943, without waiting as in Li et al., A System for Massively Parallel Hyperparameter Tuning, 2020, https://arxiv.org/abs/1810.05934; deciding at once and in order is ours.
/// </remarks>
public sealed record SweepSettings
{
    /// <summary>How many recipes are tried, at most. At least 1; default 27.</summary>
    public int Trials { get; init; } = 27;

    /// <summary>After how long no trial begins any more, and those that run are judged as they are; default null, no limit. A search that is to be repeated in the same bits has none.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>What is made small; the first decides which recipe is best, and all of them which are on the front of Pareto. Default empty: the loss.</summary>
    public ValueList<SweepObjective> Objectives { get; init; } = [];

    /// <summary>At how many points of their runs trials are compared. In [1, 6]; default 4.</summary>
    public int Rungs { get; init; } = 4;

    /// <summary>Of how many trials one goes on. In [2, 16]; default 3.</summary>
    public int Reduction { get; init; } = 3;

    /// <summary>Trains populations, in which recipes change while networks are trained, in place of successive halving, to which <see cref="Rungs"/> and <see cref="Reduction"/> belong; default null, halving.</summary>
    public Population? Population { get; init; }

    /// <summary>How many trials run at once, each on a thread of its own. At least 0, 0 for as many as there are processors; default 0. It changes no result of a search without a limit of time.</summary>
    public int Threads { get; init; }

    /// <summary>Where random numbers of the search begin. Any number; default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Refuses settings outside their range.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public void Validate()
    {
        Check.AtLeast(Trials, 1);
        Check.InRange(Rungs, 1, 6);
        Check.InRange(Reduction, 2, 16);
        Check.AtLeast(Threads, 0);
        Population?.Validate();
        if (Trials < Population?.Members)
            throw Check.Wrong(nameof(Trials), $"be at least the {Population.Members} members of a population", $"{Trials}");
        foreach (var objective in Objectives)
            Check.Defined(objective, nameof(Objectives));
        if (Objectives.Distinct().Count() < Objectives.Count)
            throw Check.Wrong(nameof(Objectives), "name each objective once", string.Join(", ", Objectives));
        if (Time is { } time && time <= TimeSpan.Zero)
            throw Check.Wrong(nameof(Time), "be more than 0", $"{time}");
    }

    /// <summary>How many trials are on the way at a time.</summary>
    internal int Cohort => (int)Math.Pow(Reduction, Rungs - 1);

    /// <summary>How many epochs a trial has had at the end of a rung.</summary>
    internal int Until(int rung, int epochs) => rung == Rungs - 1 ? epochs : Math.Max(1, (int)Math.Ceiling(epochs * Math.Pow(Reduction, rung + 1 - Rungs)));
}
