namespace Retort;

/// <summary>Matches two sides' classes by their values, whatever their order.</summary>
internal static class ClassMatch
{
    /// <summary>For each of <paramref name="others"/> its place among <paramref name="known"/>; null where the two sets differ.</summary>
    /// <param name="known">One side's classes.</param>
    /// <param name="others">The other side's.</param>
    /// <param name="some">Whether the others may be some of those known.</param>
    public static int[]? Of(IReadOnlyList<string> known, IReadOnlyList<string> others, bool some = false)
    {
        if (!(known.Count == others.Count || some && others.Count < known.Count))
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

    /// <summary>What two sides each have that the other has not, in words.</summary>
    public static string Differ(IReadOnlyList<string> one, IReadOnlyList<string> other, string nameOfOne, string nameOfOther)
    {
        var (missing, more) = (one.Except(other).ToArray(), other.Except(one).ToArray());
        var parts = new[] { missing.Length == 0 ? null : $"only {nameOfOne} has {Say(missing)}", more.Length == 0 ? null : $"only {nameOfOther} has {Say(more)}" };
        return missing.Length + more.Length == 0 ? $"a class stands twice: {nameOfOne} has {Say(one)}, {nameOfOther} has {Say(other)}" : string.Join(" and ", parts.Where(part => part is not null));
    }

    /// <summary>The classes in words; of many, the first eight.</summary>
    public static string Say(IReadOnlyList<string> names) =>
        names.Count <= 8 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(8))} and {names.Count - 8} more";
}
