namespace Retort;

/// <summary>The cheapest way to give each row a column of its own: exact, in O(n³).</summary>
/// <remarks>
/// Shortest augmenting paths with prices that keep every reduced cost at 0 or above.
/// Source: Jonker and Volgenant, A Shortest Augmenting Path Algorithm for Dense and Sparse Linear Assignment Problems, 1987, https://doi.org/10.1007/BF02278710, without its heuristics before the first path.
/// </remarks>
internal static class Assignment
{
    /// <summary>For each row its column; the sum of their costs is the least there is.</summary>
    /// <param name="costs">[size × size], finite.</param>
    /// <param name="size">How many rows and columns there are.</param>
    /// <exception cref="ArgumentException">A cost is not finite, or there are more or fewer than size².</exception>
    public static int[] Of(ReadOnlySpan<double> costs, int size)
    {
        if (costs.Length != (long)size * size)
            throw Check.Wrong("The number of costs", $"be {(long)size * size}", $"{costs.Length}");
        foreach (var cost in costs)
            if (!double.IsFinite(cost))
                throw Check.Wrong("Each cost of an assignment", "be finite", Check.Text(cost));
        var (rowOf, rowPrices, columnPrices) = (new int[size], new double[size], new double[size]);
        Array.Fill(rowOf, -1);
        var (distances, before, isDone) = (new double[size], new int[size], new bool[size]);
        for (var free = 0; free < size; free++)
        {
            Array.Fill(distances, double.PositiveInfinity);
            Array.Clear(isDone);
            var (row, reached, last, length) = (free, new List<int>(), -1, 0.0);
            while (last < 0)
            {
                var next = -1;
                for (var column = 0; column < size; column++)
                {
                    if (isDone[column])
                        continue;
                    var way = length + costs[row * size + column] - rowPrices[row] - columnPrices[column];
                    if (way < distances[column])
                        (distances[column], before[column]) = (way, row);
                    if (next < 0 || distances[column] < distances[next] || distances[column] == distances[next] && rowOf[column] < 0 && rowOf[next] >= 0)
                        next = column;
                }

                length = distances[next];
                isDone[next] = true;
                if (rowOf[next] < 0)
                    last = next;
                else
                {
                    reached.Add(next);
                    row = rowOf[next];
                }
            }

            rowPrices[free] += length;
            foreach (var column in reached)
            {
                rowPrices[rowOf[column]] += length - distances[column];
                columnPrices[column] -= length - distances[column];
            }

            Turn(last, free, rowOf, before);
        }

        var columnOf = new int[size];
        for (var column = 0; column < size; column++)
            columnOf[rowOf[column]] = column;
        return columnOf;
    }

    /// <summary>Along the path that ends in a free column, each row takes the column that led to it.</summary>
    private static void Turn(int column, int free, int[] rowOf, int[] before)
    {
        var columnOf = new Dictionary<int, int>();
        for (var own = 0; own < rowOf.Length; own++)
            if (rowOf[own] >= 0)
                columnOf[rowOf[own]] = own;
        while (true)
        {
            var row = before[column];
            rowOf[column] = row;
            if (row == free)
                return;
            column = columnOf[row];
        }
    }
}
