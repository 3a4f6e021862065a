namespace Retort;

/// <summary>Matches two sides' classes by their values, whatever their order.</summary>
internal static class ClassMatch
{
    /// <summary>For each of <paramref name="others"/> its place among <paramref name="known"/>; null where the two sets differ.</summary>
    public static int[]? Of(IReadOnlyList<string> known, IReadOnlyList<string> others)
    {
        if (known.Count != others.Count)
            return null;

        var places = new Dictionary<string, int>(known.Count);
        for (var place = 0; place < known.Count; place++)
            places[known[place]] = place;
        var match = new int[others.Count];
        for (var i = 0; i < match.Length; i++)
            if (!places.Remove(others[i], out match[i]))
                return null;
        return match;
    }

    /// <summary>The classes in words; of many, the first eight.</summary>
    public static string Say(IReadOnlyList<string> names) =>
        names.Count <= 8 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(8))} and {names.Count - 8} more";
}
