namespace Retort;

/// <summary>Units of a network whose order means nothing: exchanged in all of these places alike, they compute the same.</summary>
/// <param name="Units">How many there are.</param>
/// <param name="Places">The slots that have a number, or many, for each, and in which dimension.</param>
internal sealed record UnitAxis(int Units, IReadOnlyList<(int Slot, int Dimension)> Places);
