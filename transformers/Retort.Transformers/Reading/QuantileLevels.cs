using System.Globalization;
using Microsoft.ML;

namespace Retort;

/// <summary>The levels of a vector of quantiles, which its slots are named by.</summary>
internal static class QuantileLevels
{
    /// <summary>The levels in the order of the slots.</summary>
    /// <param name="column">The quantiles.</param>
    /// <param name="hint">What helps where they have no levels.</param>
    /// <exception cref="ArgumentException">The slots have no names, or others.</exception>
    public static double[] Of(DataViewSchema.Column column, string hint)
    {
        var names = ClassValues.Of(column, ScoreAnnotations.SlotNames)?.Names
            ?? throw new ArgumentException($"Column '{column.Name}' must have slots that are named by the levels of its quantiles, but they have no names; {hint}.");
        return [.. names.Select(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out var level) && level is > 0 and < 1
            ? level
            : throw new ArgumentException($"Column '{column.Name}' must have slots that are named by the levels of its quantiles, in (0, 1), but one is named '{name}'; {hint}."))];
    }
}
