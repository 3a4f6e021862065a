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
        var labeled = data.Labeled is null ? null : Memory.Of<bool>(data.Labeled).ToArray();
        if (data.Groups is not null)
            HoldGroups(Memory.Of<long>(data.Groups).ToArray(), share, random, isHeld);
        else
            foreach (var stratum in Strata(data, task))
                foreach (var pick in random.Permutation(stratum.Count).Take(Math.Min(stratum.Count - 1, (int)Math.Round(share * stratum.Count))))
                    isHeld[stratum[(int)pick]] = true;

        return (Rows(row => !isHeld[row]), Rows(row => isHeld[row] && labeled?[row] != false));

        long[] Rows(Func<int, bool> belongs)
        {
            var rows = new long[Enumerable.Range(0, isHeld.Length).Count(belongs)];
            for (int row = 0, next = 0; row < isHeld.Length; row++)
                if (belongs(row))
                    rows[next++] = row;
            return rows;
        }
    }

    /// <summary>The rows of each class, or of each tenth of the label's range, that have a label; one after the other within one array, since there may be millions.</summary>
    private static IEnumerable<ArraySegment<int>> Strata(Dataset data, LearningTask task)
    {
        var rows = new int[data.Rows];
        for (var row = 0; row < rows.Length; row++)
            rows[row] = row;
        if (data.Labels is null)
            return [rows];
        if (data.Labeled is not null)
            rows = [.. Labeled(data)];
        return task == LearningTask.Regression ? Tenths(Of<float>(), rows) : OfClasses(Of<long>(), rows);

        T[] Of<T>() where T : unmanaged
        {
            var labels = Memory.Of<T>(data.Labels).ToArray();
            return data.Labeled is null ? labels : Array.ConvertAll(rows, row => labels[row]);
        }
    }

    private static int[] Labeled(Dataset data)
    {
        var labeled = Memory.Of<bool>(data.Labeled!).ToArray();
        return [.. Enumerable.Range(0, labeled.Length).Where(row => labeled[row])];
    }

    private static IEnumerable<ArraySegment<int>> Tenths(float[] values, int[] rows)
    {
        Array.Sort(values, rows);
        foreach (var equal in Runs(values))
            Array.Sort(rows, equal.Start, equal.Count);
        return Enumerable.Range(0, 10).Select(tenth => Bound(tenth)..Bound(tenth + 1)).Select(part => new ArraySegment<int>(rows)[part]).Where(stratum => stratum.Count > 0);

        int Bound(int tenth) => (int)(tenth * (long)rows.Length / 10);
    }

    private static IEnumerable<ArraySegment<int>> OfClasses(long[] classes, int[] rows)
    {
        Array.Sort(classes, rows);
        foreach (var (start, count) in Runs(classes))
        {
            Array.Sort(rows, start, count);
            yield return new(rows, start, count);
        }
    }

    /// <summary>Where the same value stands several times in sorted values; a sort leaves those in any order.</summary>
    private static IEnumerable<(int Start, int Count)> Runs<T>(T[] sorted) where T : IEquatable<T>
    {
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && sorted[end].Equals(sorted[start]);)
                end++;
            yield return (start, end - start);
        }
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
