namespace Retort.Cli.Tables;

/// <summary>What is known of a column after one reading of the file.</summary>
/// <param name="Name">The name in the header.</param>
/// <param name="Index">The position, from 0.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Missing">How many rows have no value.</param>
/// <param name="Values">The different values in order of appearance, up to <see cref="MostValues"/> of them.</param>
/// <param name="Whole">All numbers are whole.</param>
/// <param name="FirstText">The first value that is not a number, and its line.</param>
internal sealed record Column(string Name, int Index, ColumnKind Kind, long Missing, IReadOnlyList<string> Values, bool Whole, (long Line, string Text)? FirstText)
{
    /// <summary>More different values than this are not told apart.</summary>
    public const int MostValues = 10_000;

    /// <summary>The file says 0 or 1, or a word for false or true: a binary label.</summary>
    public bool TwoSided => Values.Count == 2 && (Kind == ColumnKind.Bool || Values.All(v => v is "0" or "1"));
}
