namespace Retort;

/// <summary>The different rows of several protected columns.</summary>
/// <param name="Of">The point of each row.</param>
/// <param name="First">A row of each point.</param>
internal sealed record DistinctPoints(int[] Of, int[] First)
{
    public int Count => First.Length;

    public static DistinctPoints In(IReadOnlyList<ProtectedValues> columns)
    {
        var rows = columns[0].Numbers.Length;
        var (points, count) = (new int[rows], rows > 0 ? 1 : 0);
        foreach (var column in columns)
            if (count < rows)
                (points, count) = Split(points, column.Categories > 0 ? column.Whole() : Ranks(column.Numbers), column.Categories);
        var first = new int[count];
        for (var row = rows - 1; row >= 0; row--)
            first[points[row]] = row;
        return new(points, first);
    }

    /// <summary>Parts points by the values of one more column, and numbers what is left.</summary>
    /// <param name="points">The point of each row.</param>
    /// <param name="values">Numbers from 0.</param>
    /// <param name="range">What they are below; 0 where nobody said.</param>
    private static (int[] Points, int Count) Split(int[] points, int[] values, int range)
    {
        var size = (ulong)Math.Max(range, values.DefaultIfEmpty(0).Max() + 1);
        var keys = new ulong[points.Length];
        for (var row = 0; row < keys.Length; row++)
            keys[row] = (ulong)points[row] * size + (ulong)values[row];
        return Numbered(SortedRows.Of(keys));
    }

    private static int[] Ranks(double[] numbers) => Numbered(SortedRows.Of(numbers)).Places;

    private static (int[] Places, int Count) Numbered(SortedRows sorted)
    {
        var (places, count) = (new int[sorted.Rows.Length], 0);
        for (int start = 0, end; start < places.Length; start = end, count++)
        {
            end = sorted.End(start);
            for (var i = start; i < end; i++)
                places[sorted.Rows[i]] = count;
        }

        return (places, count);
    }
}
