namespace Retort.Cli.Tables;

/// <summary>Names in sentences, and names that are still free.</summary>
internal static class Names
{
    /// <summary><c>'a', 'b', 'c'</c>, and how many more where there are many.</summary>
    public static string List(IEnumerable<string> names, int most = 40)
    {
        var all = names.ToArray();
        var shown = string.Join(", ", all.Take(most).Select(name => $"'{name}'"));
        return all.Length > most ? $"{shown} and {all.Length - most} more" : shown;
    }

    /// <summary>The first words of a long text.</summary>
    public static string Short(string text, int most = 40) => text.Length <= most ? text : text[..most].TrimEnd() + " ...";

    /// <summary><c>1 seed</c>, <c>2 seeds</c>.</summary>
    public static string Count(long number, string thing) => FormattableString.Invariant($"{number:N0} {thing}{(number == 1 ? "" : "s")}");

    /// <summary>The name itself, or with as many underscores after it as no other name has.</summary>
    public static string Free(string name, IEnumerable<string> taken)
    {
        var names = taken.ToHashSet();
        while (names.Contains(name))
            name += "_";
        return name;
    }
}
