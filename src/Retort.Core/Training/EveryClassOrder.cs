namespace Retort;

internal sealed record EveryClassOrder : RowOrder
{
    public override int LargestStep(OrderedRows rows, int batchSize) => base.LargestStep(rows, batchSize) + rows.Classes.Distinct().Count();

    public override EpochOrder Draw(OrderedRows rows, int batchSize, double progress, Generator random)
    {
        var steps = (int)((rows.Count + batchSize - 1) / batchSize);
        var batches = Enumerable.Range(0, steps).Select(_ => new List<long>(batchSize + 1)).ToArray();
        foreach (var own in rows.Classes.Select((number, row) => (number, row)).GroupBy(pair => pair.number, pair => (long)pair.row).OrderBy(group => group.Key))
        {
            var members = own.ToArray();
            var order = random.Permutation(members.Length);
            var start = random.Below(steps); // so that it is not always the first steps that have one more
            for (var i = 0; i < Math.Max(members.Length, steps); i++)
                batches[(start + i) % steps].Add(members[order[i % members.Length]]);
        }

        var ends = new int[steps];
        for (var step = 0; step < steps; step++)
            ends[step] = (step == 0 ? 0 : ends[step - 1]) + batches[step].Count;
        return new([.. batches.SelectMany(batch => batch)], ends);
    }
}
