using System.Globalization;
using System.Text;

namespace Retort.Cli.Consumption;

/// <summary>Names and values as C# writes them.</summary>
internal static class CSharp
{
    /// <summary>Names that a member may not have, though they are no keywords: those of its type and of every object.</summary>
    private static readonly string[] s_taken = ["ModelInput", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString"];

    /// <summary>Names of properties for columns, in their order: as the columns are called, as far as C# can call them so, and all different.</summary>
    public static IReadOnlyList<string> Properties(IEnumerable<string> columns)
    {
        var taken = s_taken.ToHashSet();
        var names = new List<string>();
        foreach (var column in columns)
        {
            var wanted = Identifier(column);
            var name = wanted;
            for (var number = 2; !taken.Add(name); number++)
                name = FormattableString.Invariant($"{wanted}_{number}");
            names.Add(name);
        }

        return names;
    }

    /// <summary>The name of a namespace, in letters that any file system takes.</summary>
    public static string Namespace(string name)
    {
        var letters = name.Where(letter => char.IsAsciiLetterOrDigit(letter) || !char.IsLetterOrDigit(letter)).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ').ToArray();
        var joined = string.Concat(new string(letters).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return (joined.Length == 0 || char.IsAsciiDigit(joined[0]) ? "The" : "") + (joined.Length > 40 ? joined[..40] : joined) + "Model";
    }

    /// <summary>Text in quotes.</summary>
    public static string Literal(string text)
    {
        var made = new StringBuilder("\"");
        foreach (var letter in text)
            _ = letter switch
            {
                '"' => made.Append("\\\""),
                '\\' => made.Append("\\\\"),
                _ when IsPlain(letter) => made.Append(letter),
                _ => made.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
            };
        return made.Append('"').ToString();
    }

    /// <summary>A number of the type <c>float</c>.</summary>
    public static string Literal(float number) => float.IsNaN(number) ? "float.NaN" : number.ToString("R", CultureInfo.InvariantCulture) + "f";

    /// <summary>Text on one line, for comments and pages.</summary>
    public static string Line(string text) => new([.. text.Select(letter => IsPlain(letter) || char.IsSurrogate(letter) ? letter : ' ')]);

    // upper case at first, which no keyword has; what cannot stand in a name becomes an underscore
    private static string Identifier(string column)
    {
        var made = new StringBuilder();
        foreach (var letter in column)
            made.Append(IsPart(letter) ? letter : '_');
        if (made.Length == 0 || !IsStart(made[0]))
            made.Insert(0, '_');
        made[0] = char.ToUpperInvariant(made[0]);
        return made.ToString();
    }

    private static bool IsStart(char letter) => letter == '_' || char.IsLetter(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.LetterNumber;

    private static bool IsPart(char letter) => IsStart(letter) || char.GetUnicodeCategory(letter)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsPlain(char letter) => letter == ' ' || char.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
