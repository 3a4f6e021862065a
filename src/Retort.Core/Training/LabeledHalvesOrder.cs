namespace Retort;

internal sealed record LabeledHalvesOrder : RowOrder
{
    public override EpochOrder Draw(OrderedRows rows, int batchSize, double progress, Generator random)
    {
        var labeled = Places(rows.Labeled, true);
        var unlabeled = Places(rows.Labeled, false);
        if (labeled.Length == 0 || unlabeled.Length == 0 || batchSize < 2)
            return Shuffled.Draw(rows, batchSize, progress, random);

        // no row twice among one step's share where it need not be
        var (of, others) = (Math.Min(batchSize / 2, labeled.Length), Math.Min(batchSize - batchSize / 2, unlabeled.Length));
        var steps = Math.Max((labeled.Length + of - 1) / of, (unlabeled.Length + others - 1) / others);
        using var first = Again(labeled, random).GetEnumerator();
        using var second = Again(unlabeled, random).GetEnumerator();
        var (order, ends) = (new List<long>(steps * (of + others)), new int[steps]);
        for (var step = 0; step < steps; step++)
        {
            Take(first, labeled.Length, of, step);
            Take(second, unlabeled.Length, others, step);
            ends[step] = order.Count;
        }

        return new([.. order], ends);

        // what just fills the steps is spread evenly over them, each row once
        void Take(IEnumerator<long> source, int all, int most, int step)
        {
            var count = (all + most - 1) / most == steps ? (int)((step + 1L) * all / steps - (long)step * all / steps) : most;
            for (var i = 0; i < count && source.MoveNext(); i++)
                order.Add(source.Current);
        }
    }

    /// <summary>The rows in one random order after another, without an end.</summary>
    private static IEnumerable<long> Again(long[] rows, Generator random)
    {
        while (true)
            foreach (var place in random.Permutation(rows.Length))
                yield return rows[place];
    }

    private static long[] Places(bool[] labeled, bool wanted) => [.. labeled.Select((own, row) => (own, row)).Where(pair => pair.own == wanted).Select(pair => (long)pair.row)];
}
