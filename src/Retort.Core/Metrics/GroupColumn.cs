using System.Globalization;

namespace Retort;

/// <summary>A protected column as the metrics compare it: a group for each row.</summary>
/// <param name="Name">What the column is called.</param>
/// <param name="Names">What its groups are called, in the order in which they are shown.</param>
/// <param name="Groups">The group of each row, from 0.</param>
/// <param name="Numbers">The numbers behind the groups, NaN where missing; null where the column holds categories.</param>
internal sealed record GroupColumn(string Name, IReadOnlyList<string> Names, int[] Groups, double[]? Numbers = null)
{
    /// <summary>The group of rows without a value.</summary>
    public const string Missing = "(missing)";

    /// <summary>More groups than this are not compared.</summary>
    public const int MostGroups = 1000;

    /// <summary>How many rows have no value.</summary>
    public int MissingRows => Names.Count > 0 && Names[^1] == Missing ? Groups.Count(group => group == Names.Count - 1) : 0;

    /// <summary>A column of numbers in quantile groups; each number is a group where there are no more different ones. NaN is missing.</summary>
    /// <exception cref="ArgumentException">A number is infinite.</exception>
    public static GroupColumn OfNumbers(string name, double[] numbers, int quantileGroups)
    {
        for (var row = 0; row < numbers.Length; row++)
            if (double.IsInfinity(numbers[row]))
                throw Check.Wrong($"Protected column '{name}'", "hold finite numbers", $"{Check.Text(numbers[row])} in row {row} (counted from 0)");
        double[] known = [.. numbers.Where(number => !double.IsNaN(number))];
        var cuts = QuantileCuts.Groups(known, quantileGroups);
        double[] different = [.. known.Distinct().Order().Take(cuts.Length + 2)];
        double[] ends = different.Length <= cuts.Length + 1 ? different : [different[0], .. cuts, known.Max()];
        List<string> names = [.. ends == different ? ends.Select(Text) : Enumerable.Range(0, ends.Length - 1).Select(i => $"[{Text(ends[i])}, {Text(ends[i + 1])}{(i < ends.Length - 2 ? ")" : "]")}")];
        if (known.Length < numbers.Length)
            names.Add(Missing);
        return new(name, names, [.. numbers.Select(number => double.IsNaN(number) ? names.Count - 1 : QuantileCuts.Bin(cuts, number))], numbers);
    }

    /// <summary>The column that a penalty looks at.</summary>
    public static GroupColumn Of(ProtectedColumn column, int quantileGroups)
    {
        var values = GivenGradient.Numbers(column.Values);
        if (column.Categories is null)
            return OfNumbers(column.Name, values, quantileGroups);
        return new(column.Name, column.CategoryNames ?? [.. Enumerable.Range(0, (int)column.Categories).Select(category => category.ToString(CultureInfo.InvariantCulture))], [.. values.Select(value => (int)value)]);
    }

    // numbers come from floats, which have seven digits
    private static string Text(double number) => number.ToString("G7", CultureInfo.InvariantCulture);
}
