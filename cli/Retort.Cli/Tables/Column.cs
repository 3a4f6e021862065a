using System.Globalization;

namespace Retort.Cli.Tables;

/// <summary>What is known of a column after one reading of the file.</summary>
/// <param name="Name">The name in the header, or one made of its place.</param>
/// <param name="Index">The position, from 0.</param>
/// <param name="IsNamed">The header has a name for it.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Missing">How many rows have no value.</param>
/// <param name="Values">The different values in order of appearance, up to <see cref="MostValues"/> of them.</param>
/// <param name="Whole">All numbers are whole.</param>
/// <param name="Numbers">How many rows have a number.</param>
/// <param name="FirstText">The first value that is not a number, and its line.</param>
/// <param name="FirstNoTruth">The first value that is neither true nor false, an empty one included, and its line.</param>
internal sealed record Column(
    string Name, int Index, bool IsNamed, ColumnKind Kind, long Missing, IReadOnlyList<string> Values, bool Whole, long Numbers, Cell? FirstText, Cell? FirstNoTruth)
{
    /// <summary>More different values than this are not told apart.</summary>
    public const int MostValues = 10_000;

    /// <summary>The smallest number; NaN where no value is one.</summary>
    public double Least { get; init; } = double.NaN;

    /// <summary>The largest number; NaN where no value is one.</summary>
    public double Most { get; init; } = double.NaN;

    /// <summary>Every value that is there is a date or a time of a day.</summary>
    public bool IsDates { get; init; }

    /// <summary>Every value that is there is a number as people write it and programs do not: with a decimal comma, marks of thousands, a sign of money or percent.</summary>
    public bool IsWrittenNumbers { get; init; }

    /// <summary>Text of several words a row.</summary>
    public bool IsProse => Kind == ColumnKind.Category && Values.Average(value => (double)value.Count(char.IsWhiteSpace)) >= 3;

    /// <summary>The file says 0 or 1, in whatever way, or a word for false or true: a binary label.</summary>
    public bool TwoSided => Kind == ColumnKind.Bool ? Values.Count == 2 : Kind == ColumnKind.Number && Different == 2 && Values.All(v => Number(v) is 0 or 1);

    /// <summary>How many different values there are: 1 and 1.0 are the same number.</summary>
    public int Different => Kind == ColumnKind.Number ? Values.Select(Number).Distinct().Count() : Values.Count;

    /// <summary>Where most values are numbers but not all: the first that is not, in words; else nothing.</summary>
    public string? Spoiler => Kind == ColumnKind.Category && Numbers > 0 && FirstText is { } first ? $"line {first.Line} has '{first.Text}'" : null;

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}

/// <summary>A value and the line where it stands, from 1.</summary>
internal readonly record struct Cell(long Line, string Text);
