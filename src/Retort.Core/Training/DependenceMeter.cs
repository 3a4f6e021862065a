namespace Retort;

/// <summary>How much predictions depend on the cells of protected columns, on rows that are not trained on.</summary>
/// <param name="cellRows">How many rows a cell must have to be one of its own; those of all smaller ones are a cell together.</param>
internal sealed class DependenceMeter(int cellRows)
{
    private const int Bins = 10, Orders = 20;

    /// <summary>How many cells there are to compare, the small ones counted as one.</summary>
    /// <inheritdoc cref="Gap"/>
    public int Count(ProtectedColumns columns, Tensor? weights) => Cells(columns, weights).Cells.Distinct().Count();

    /// <summary>The largest difference of cells' mean predictions, of several columns the largest such.</summary>
    /// <param name="predictions">[rows, columns].</param>
    /// <param name="columns">The same rows.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    public double Gap(Tensor predictions, ProtectedColumns columns, Tensor? weights)
    {
        var (rows, cells, count, shares) = Cells(columns, weights);
        return Columns(predictions, rows).Max(values =>
        {
            var (sums, mass) = (new double[count], new double[count]);
            for (var row = 0; row < values.Length; row++)
            {
                sums[cells[row]] += shares[row] * values[row];
                mass[cells[row]] += shares[row];
            }

            double[] means = [.. Enumerable.Range(0, count).Where(cell => mass[cell] > 0).Select(cell => sums[cell] / mass[cell])];
            return means.Length == 0 ? 0 : means.Max() - means.Min();
        });
    }

    /// <summary>The Jensen-Shannon divergence of the cells' distributions over bins, less what it is where cells are dealt to rows by chance; of several columns the largest, as <see cref="FairnessMetrics"/> has it.</summary>
    /// <inheritdoc cref="Gap"/>
    public double JensenShannon(Tensor predictions, ProtectedColumns columns, Tensor? weights)
    {
        var (rows, cells, count, shares) = Cells(columns, weights);
        int[][] bins = [.. Columns(predictions, rows).Select(values => (values, QuantileCuts.Of(values, Bins))).Select(pair => Array.ConvertAll(pair.values, value => QuantileCuts.Bin(pair.Item2, value)))];
        var random = new Generator(0); // the same orders in every epoch, so that epochs are compared by their predictions alone
        var floor = 0.0;
        for (var order = 0; order < Orders; order++)
        {
            var places = random.Permutation(cells.Length);
            var dealt = Array.ConvertAll(places, place => cells[place]);
            floor += bins.Max(own => Divergence(own, dealt, count, shares)) / Orders;
        }

        return bins.Max(own => Divergence(own, cells, count, shares)) - floor;
    }

    /// <summary>The entropy of all rows' bins less the mean entropy within cells, in nats.</summary>
    private static double Divergence(int[] bins, int[] cells, int count, double[] shares)
    {
        var (each, all, mass) = (new double[count * Bins], new double[Bins], new double[count]);
        for (var row = 0; row < bins.Length; row++)
        {
            each[cells[row] * Bins + bins[row]] += shares[row];
            all[bins[row]] += shares[row];
            mass[cells[row]] += shares[row];
        }

        var divergence = 0.0;
        for (var i = 0; i < each.Length; i++)
            if (each[i] > 0)
                divergence += each[i] * Math.Log(each[i] / (mass[i / Bins] * all[i % Bins]));
        return divergence;
    }

    /// <summary>The rows with weight, each one's cell, how many there are, and each row's share of the weight.</summary>
    private (int[] Rows, int[] Cells, int Count, double[] Shares) Cells(ProtectedColumns columns, Tensor? weights)
    {
        using var scope = NewDisposeScope();
        var numbers = Memory.Of<long>(columns.Cells.cpu()).ToArray();
        var shares = weights is null ? Enumerable.Repeat(1.0, numbers.Length).ToArray() : GivenGradient.Numbers(weights);
        int[] rows = [.. Enumerable.Range(0, numbers.Length).Where(row => shares[row] > 0)];
        var places = rows.GroupBy(row => numbers[row]).Where(cell => cell.Count() >= cellRows).Select(cell => cell.Key).Order().Select((cell, place) => (cell, place)).ToDictionary(pair => pair.cell, pair => pair.place);
        shares = Array.ConvertAll(rows, row => shares[row]);
        TensorPrimitives.Divide(shares, Math.Max(TensorPrimitives.Sum<double>(shares), 1e-30), shares);
        return (rows, Array.ConvertAll(rows, row => places.GetValueOrDefault(numbers[row], places.Count)), places.Count + 1, shares);
    }

    private static IEnumerable<double[]> Columns(Tensor predictions, int[] rows)
    {
        var (numbers, width) = (GivenGradient.Numbers(predictions), (int)predictions.shape[1]);
        return Enumerable.Range(0, width).Select(column => Array.ConvertAll(rows, row => numbers[row * width + column]));
    }
}
