namespace Retort;

/// <summary>One recipe that a search has tried.</summary>
/// <param name="Number">Its number, from 0, in the order in which recipes were proposed.</param>
/// <param name="Recipe">The recipe.</param>
/// <param name="Rungs">How many rungs it has ended; all of <see cref="SweepSettings.Rungs"/> where it was trained to its end.</param>
/// <param name="Epochs">How many epochs it was trained for.</param>
/// <param name="BestEpoch">The epoch that was kept, from 1.</param>
/// <param name="Objectives">What was measured on held-out rows, in the order of <see cref="SweepSettings.Objectives"/>; empty where it failed.</param>
/// <param name="RowEpochs">What it cost: how many rows its steps were given, which is epochs times training rows where every epoch has all of them.</param>
/// <param name="Failure">Why it has no measure; null where it has.</param>
public sealed record SweepTrial(int Number, Recipe Recipe, int Rungs, int Epochs, int BestEpoch, ValueList<double> Objectives, double RowEpochs, string? Failure)
{
    /// <summary>Of a member of a <see cref="Population"/>: the recipes that made its network one after the other, the last of which is <see cref="Recipe"/>; empty of a trial that had one recipe.</summary>
    public ValueList<RecipeStage> Stages { get; init; } = [];

    /// <summary>What decides: the first objective; infinite where the trial failed.</summary>
    public double Loss => Objectives.Count > 0 ? Objectives[0] : double.PositiveInfinity;

    /// <summary>Whether another trial is at least as good in every objective and better in one.</summary>
    internal bool IsDominatedBy(SweepTrial other) =>
        other.Objectives.Count == Objectives.Count && Objectives.Zip(other.Objectives).All(pair => pair.Second <= pair.First) && Objectives.Zip(other.Objectives).Any(pair => pair.Second < pair.First);
}
