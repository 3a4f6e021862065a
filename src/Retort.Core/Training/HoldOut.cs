namespace Retort;

/// <summary>Which rows are kept from training.</summary>
internal static class HoldOut
{
    /// <summary>
    /// Row numbers for training and validation, both ascending: a share of every class, or of every tenth of the label's range in regression.
    /// Where there are groups, whole groups, as many as come next to the share.
    /// </summary>
    public static (long[] Train, long[] Validation) Split(Dataset data, LearningTask task, double share, ulong seed)
    {
        Check.InHalfOpenRange(share, 0, 1);
        var random = new Generator(seed);
        var isHeld = new bool[data.Rows];
        if (data.Groups is not null)
            HoldGroups(Memory.Of<long>(data.Groups).ToArray(), share, random, isHeld);
        else
            foreach (var stratum in Strata(data, task))
                foreach (var pick in random.Permutation(stratum.Length).Take(Math.Min(stratum.Length - 1, (int)Math.Round(share * stratum.Length))))
                    isHeld[stratum[pick]] = true;

        var rows = Enumerable.Range(0, isHeld.Length).Select(row => (long)row).ToLookup(row => isHeld[row]);
        return ([.. rows[false]], [.. rows[true]]);
    }

    private static IEnumerable<long[]> Strata(Dataset data, LearningTask task)
    {
        var rows = Enumerable.Range(0, (int)data.Rows).Select(row => (long)row);
        if (data.Labels is null)
            return [[.. rows]];
        if (task != LearningTask.Regression)
        {
            var classes = Memory.Of<long>(data.Labels).ToArray();
            return rows.GroupBy(row => classes[row]).OrderBy(rowsOfClass => rowsOfClass.Key).Select(rowsOfClass => rowsOfClass.ToArray());
        }

        var values = Memory.Of<float>(data.Labels).ToArray();
        var sorted = rows.OrderBy(row => values[row]).ToArray();
        return Enumerable.Range(0, 10).Select(tenth => sorted[(int)(tenth * data.Rows / 10)..(int)((tenth + 1) * data.Rows / 10)]).Where(stratum => stratum.Length > 0);
    }

    private static void HoldGroups(long[] groups, double share, Generator random, bool[] isHeld)
    {
        var members = groups.Select((group, row) => (group, row)).GroupBy(pair => pair.group, pair => pair.row).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        var wanted = share * groups.Length;
        var held = 0;
        foreach (var pick in random.Permutation(members.Length).SkipLast(1))
        {
            var rows = members[pick];
            if (Math.Abs(held + rows.Length - wanted) >= Math.Abs(held - wanted))
                continue;
            held += rows.Length;
            foreach (var row in rows)
                isHeld[row] = true;
        }
    }
}
