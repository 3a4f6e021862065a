namespace Retort;

/// <summary>An epoch of one of a soup's ingredients.</summary>
/// <param name="Ingredient">Which recipe, from 1.</param>
/// <param name="Ingredients">How many there are.</param>
/// <param name="Epoch">The epoch.</param>
public sealed record SoupReport(int Ingredient, int Ingredients, EpochReport Epoch);
