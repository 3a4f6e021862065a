namespace Retort;

/// <summary>The cells of several protected columns: rows share one where they share the group of every column.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Of">The cell of each row; cells are ordered by the columns' groups.</param>
/// <param name="Groups">Of each cell the group in each column.</param>
internal sealed record GroupCells(IReadOnlyList<GroupColumn> Columns, int[] Of, int[][] Groups)
{
    public static GroupCells In(IReadOnlyList<GroupColumn> columns)
    {
        var (cells, count) = (new int[columns[0].Groups.Length], 1);
        foreach (var column in columns)
        {
            var keys = new long[cells.Length];
            for (var row = 0; row < keys.Length; row++)
                keys[row] = (long)cells[row] * column.Names.Count + column.Groups[row];
            var places = keys.Distinct().Order().Select((key, place) => (key, place)).ToDictionary(pair => pair.key, pair => pair.place);
            for (var row = 0; row < keys.Length; row++)
                cells[row] = places[keys[row]];
            count = places.Count;
        }

        var groups = new int[count][];
        for (var row = 0; row < cells.Length; row++)
            groups[cells[row]] ??= [.. columns.Select(column => column.Groups[row])];
        return new(columns, cells, groups);
    }

    /// <summary>The groups of one column that have rows.</summary>
    public GroupView View(int column, int[] cellCounts, int minimumCount)
    {
        int[] seen = [.. Groups.Select(groups => groups[column]).Distinct().Order()];
        int[] of = [.. Groups.Select(groups => Array.IndexOf(seen, groups[column]))];
        return new(Columns[column].Name, [Columns[column]], [.. seen.Select(group => new[] { Columns[column].Names[group] })], Counts(of, seen.Length, cellCounts), of, minimumCount);
    }

    /// <summary>The cells themselves.</summary>
    public GroupView View(int[] cellCounts, int minimumCount) => new(
        string.Join(" × ", Columns.Select(column => column.Name)), Columns, [.. Groups.Select(groups => groups.Select((group, column) => Columns[column].Names[group]).ToArray())],
        cellCounts, [.. Enumerable.Range(0, Groups.Length)], minimumCount);

    private static int[] Counts(int[] of, int count, int[] cellCounts)
    {
        var counts = new int[count];
        for (var cell = 0; cell < of.Length; cell++)
            counts[of[cell]] += cellCounts[cell];
        return counts;
    }
}
