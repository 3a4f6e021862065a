namespace Retort;

/// <summary>The range in which a search looks for one setting, instead of the one that the setting declares.</summary>
/// <param name="Name">The id of a method, a dot and the setting's name, as in <c>adamw.LearningRate</c>; of the recipe itself the name alone, as in <c>Epochs</c>.</param>
/// <param name="Least">The lower end.</param>
/// <param name="Most">The upper end, above the lower one; both can be had. Where the setting is searched on a logarithmic scale, both are above 0.</param>
public sealed record SettingRange(string Name, double Least, double Most);
