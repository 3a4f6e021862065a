namespace Retort.Tests;

/// <summary>A file of the repository that must say what the code says, and how a difference is accepted.</summary>
internal static class Accepted
{
    private static readonly bool s_accept = Environment.GetEnvironmentVariable("RETORT_ACCEPT") == "yes";

    /// <summary>Fails with the lines that differ, or writes the file where the environment says RETORT_ACCEPT=yes.</summary>
    public static void Holds(string file, string text, string test)
    {
        if (s_accept)
        {
            File.WriteAllText(file, text);
            return;
        }

        var (was, now) = (File.Exists(file) ? File.ReadAllLines(file) : [], text.TrimEnd('\n').Split('\n'));
        if (was.SequenceEqual(now))
            return;
        var (gone, come) = (was.Except(now).Select(line => "- " + line).ToArray(), now.Except(was).Select(line => "+ " + line).ToArray());
        Assert.Fail($"{Path.GetRelativePath(Repository.Root, file)} does not say what the code says:\n{string.Join('\n', gone.Concat(come).DefaultIfEmpty("(the same lines in another order)").Take(60))}\n"
            + $"Where this is meant, RETORT_ACCEPT=yes ./test {test} writes the file anew.");
    }

    /// <summary>The same for what stands between two marks of a file: <c>&lt;!-- NAME: begin --&gt;</c> and <c>&lt;!-- NAME: end --&gt;</c>.</summary>
    public static void HoldsBetweenMarks(string file, string name, string text, string test)
    {
        var whole = File.ReadAllText(file);
        var (begin, end) = ($"<!-- {name}: begin -->\n", $"<!-- {name}: end -->");
        var (from, to) = (whole.IndexOf(begin, StringComparison.Ordinal) + begin.Length, whole.IndexOf(end, StringComparison.Ordinal));
        Assert.IsTrue(from >= begin.Length && to >= from, $"{file} must have the marks {begin.TrimEnd()} and {end}.");
        Holds(file, whole[..from] + text + whole[to..], test);
    }
}
