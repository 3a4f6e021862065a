namespace Retort;

/// <summary>One way to part rows into groups: by a protected column, or by several together.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Values">Of each group the value of each column.</param>
/// <param name="Counts">How many rows each group has.</param>
/// <param name="Of">The group of each cell of all columns.</param>
/// <param name="MinimumCount">Groups of fewer rows are small.</param>
internal sealed record GroupView(string Name, IReadOnlyList<GroupColumn> Columns, string[][] Values, int[] Counts, int[] Of, int MinimumCount)
{
    /// <summary>Whether each group is small.</summary>
    public bool[] IsSmall { get; } = [.. Counts.Select(count => count < MinimumCount)];

    /// <summary>The group of each group once small ones are one.</summary>
    public int[] Pooled { get; } = Pool(Counts, MinimumCount);

    public int Groups => Counts.Length;

    public int PooledCount => Pooled.Max() + 1;

    public string GroupName(int group) => string.Join(", ", Values[group]);

    private static int[] Pool(int[] counts, int minimum)
    {
        var (large, pooled) = (counts.Count(count => count >= minimum), 0);
        return [.. counts.Select(count => count >= minimum ? pooled++ : large)];
    }
}
