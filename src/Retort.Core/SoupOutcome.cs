namespace Retort;

/// <summary>How a soup and its ingredients did on the held-out rows: the log-loss, or in regression the mean squared error; lower is better.</summary>
/// <param name="IngredientLosses">Each ingredient's, in the order of the recipes, without those that were left out.</param>
/// <param name="Kept">Which of them are in the soup.</param>
/// <param name="Loss">The soup's.</param>
public sealed record SoupOutcome(ValueList<double> IngredientLosses, ValueList<bool> Kept, double Loss);
