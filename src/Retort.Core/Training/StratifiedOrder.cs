namespace Retort;

/// <summary>Every row once, and in every step of each cell its share of the step, less than one row more or less at any point of the epoch.</summary>
internal sealed record StratifiedOrder : RowOrder
{
    public override EpochOrder Draw(OrderedRows rows, int batchSize, double progress, Generator random)
    {
        var cells = rows.Cells.Select((cell, row) => (cell, row)).GroupBy(pair => pair.cell, pair => (long)pair.row).OrderBy(cell => cell.Key)
            .Select(cell => cell.ToArray()).Select(cell => Array.ConvertAll(random.Permutation(cell.Length), place => cell[place])).ToArray();
        var (next, sequence) = (new int[cells.Length], Spread([.. cells.Select(cell => cell.Length)]));
        var (start, order) = (random.Below(sequence.Length), new long[sequence.Length]); // so that it is not always the same steps that go without a small cell
        for (var i = 0; i < order.Length; i++)
        {
            var cell = sequence[(start + i) % order.Length];
            order[i] = cells[cell][next[cell]++];
        }

        return EpochOrder.Of(order, batchSize);
    }

    /// <summary>The numbers of cells, each as often as it has rows: of the first n always less than one more or less than n times its share.</summary>
    /// <remarks>The j-th row of a cell with c of N rows may come from place (j - 1) N / c on, and must before j N / c; of those that may, the most urgent comes next (Steiner and Yeomans, Level Schedules for Mixed-Model, Just-in-Time Processes, 1993).</remarks>
    internal static int[] Spread(int[] counts)
    {
        long all = counts.Sum(count => (long)count);
        var (sequence, taken) = (new int[all], new int[counts.Length]);
        var (waiting, ready) = (new PriorityQueue<int, (long, int)>(), new PriorityQueue<int, (long, int)>());
        for (var cell = 0; cell < counts.Length; cell++)
            if (counts[cell] > 0)
                waiting.Enqueue(cell, (0, cell));
        for (var place = 0L; place < all; place++)
        {
            while (waiting.TryPeek(out var cell, out var from) && from.Item1 <= place)
            {
                waiting.Dequeue();
                ready.Enqueue(cell, (((taken[cell] + 1) * all + counts[cell] - 1) / counts[cell], cell));
            }

            var next = ready.Dequeue();
            sequence[place] = next;
            if (++taken[next] < counts[next])
                waiting.Enqueue(next, (taken[next] * all / counts[next], next));
        }

        return sequence;
    }
}
