namespace Retort;

internal sealed record WholeGroupsOrder : RowOrder
{
    public override int LargestStep(OrderedRows rows, int batchSize) =>
        Math.Max(base.LargestStep(rows, batchSize), rows.Groups.GroupBy(group => group).Max(group => group.Count()));

    public override EpochOrder Draw(OrderedRows rows, int batchSize, double progress, Generator random)
    {
        var groups = rows.Groups.Select((group, row) => (group, row)).GroupBy(pair => pair.group, pair => (long)pair.row).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        var (order, ends) = (new List<long>(), new List<int>());
        foreach (var pick in random.Permutation(groups.Length))
        {
            var start = ends.Count == 0 ? 0 : ends[^1];
            if (order.Count > start && order.Count - start + groups[pick].Length > batchSize)
                ends.Add(order.Count);
            order.AddRange(groups[pick]);
        }

        ends.Add(order.Count);
        return new([.. order], [.. ends]);
    }
}
