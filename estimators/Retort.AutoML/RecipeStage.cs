namespace Retort;

/// <summary>One interval of a network's training in a <see cref="Population"/>.</summary>
/// <param name="First">The epoch that it begins with, from 1.</param>
/// <param name="Last">The epoch that it ends with.</param>
/// <param name="Recipe">The recipe of these epochs.</param>
/// <param name="Parent">The number of the trial whose state at the end of the interval before it begins with; null at the beginning of the run.</param>
public sealed record RecipeStage(int First, int Last, Recipe Recipe, int? Parent);
