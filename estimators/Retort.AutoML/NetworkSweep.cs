namespace Retort;

/// <summary>What a search for recipes has found.</summary>
/// <typeparam name="TTransformer">The networks.</typeparam>
public sealed class NetworkSweep<TTransformer>
    where TTransformer : NetworkTransformer
{
    private readonly Dictionary<int, TTransformer> _models;

    internal NetworkSweep(IReadOnlyList<SweepTrial> trials, int rungs, Func<SweepTrial, TTransformer> models, Func<SweepTrial, (SweepSoup Soup, TTransformer Model)?> soup)
    {
        Trials = trials;
        SweepTrial[] judged = [.. trials.Where(trial => trial.Failure is null)];
        var furthest = judged.Max(trial => trial.Rungs);
        SweepTrial[] last = [.. judged.Where(trial => trial.Rungs == furthest)];
        Pareto = [.. last.Where(trial => !last.Any(trial.IsDominatedBy)).OrderBy(trial => trial.Loss)];
        Best = Pareto[0];
        IsWhole = furthest == rungs;
        _models = Pareto.ToDictionary(trial => trial.Number, models);
        (Soup, SoupModel) = soup(Best) ?? default;
    }

    /// <summary>All recipes that were tried, in the order of their numbers; those that failed say why.</summary>
    public IReadOnlyList<SweepTrial> Trials { get; }

    /// <summary>The trial with the smallest first objective, of those that were trained furthest, and of equal ones one that no other is better than in the rest. What was measured of it looks better than it is: it was chosen for that.</summary>
    public SweepTrial Best { get; }

    /// <summary>The trials that no other one is better than in all objectives, of those that were trained furthest, by the first objective.</summary>
    public IReadOnlyList<SweepTrial> Pareto { get; }

    /// <summary>Whether any trial was trained to its end.</summary>
    public bool IsWhole { get; }

    /// <summary>The network of the best trial.</summary>
    public TTransformer Model => _models[Best.Number];

    /// <summary>The mean of trials that began from the same weights, where it is better than the best trial in the first objective; null where it is not, or where no two of the best began alike, as in spaces that search the size of networks.</summary>
    /// <remarks>
    /// It is chosen on the rows that chose the trials. It costs no training, and scores as fast as one network. Ranges of learning rates as wide as they are declared lead networks too far apart: on phoneme, abalone and mammography (27 trials of one network, three seeds each)
    /// two of nine searches had a soup, with a test loss 0.6 % below and 1.5 % above that of the best trial. Where soups are wanted, narrow the <see cref="RecipeSpace.Ranges"/>.
    /// </remarks>
    public SweepSoup? Soup { get; }

    /// <summary>The network of <see cref="Soup"/>; null where there is none.</summary>
    public TTransformer? SoupModel { get; }

    /// <summary>The network of a trial on the front of Pareto.</summary>
    /// <param name="trial">One of <see cref="Pareto"/>.</param>
    /// <exception cref="ArgumentException">It is not one of them.</exception>
    public TTransformer ModelOf(SweepTrial trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        return _models.TryGetValue(trial.Number, out var model) ? model : throw Check.Wrong("The trial", "be on the front of Pareto, whose networks are kept", $"trial {trial.Number}");
    }
}
