namespace Retort;

/// <summary>Rows whose predictions and protected values are compared: the forms of the statistic, each with its gradient at the predictions.</summary>
/// <param name="Predictions">[rows × width], row after row.</param>
/// <param name="Width">How many columns the predictions have.</param>
/// <param name="Columns">The protected columns, scaled.</param>
/// <param name="Weights">How much each row counts, more than 0.</param>
/// <param name="Statistic">How the covariance is estimated.</param>
internal sealed record DistanceRows(double[] Predictions, int Width, IReadOnlyList<ProtectedValues> Columns, double[] Weights, DistanceStatistic Statistic)
{
    /// <summary>Whether there are fewer rows than the statistic needs.</summary>
    public bool TooFew => Weights.Length < (Statistic == DistanceStatistic.U ? 4 : 1);

    private Centring Centring => Statistic == DistanceStatistic.U ? Centring.U(Weights.Length) : Centring.V(Weights);

    public DistanceRows Take(int[] rows)
    {
        var predictions = new double[rows.Length * Width];
        for (var i = 0; i < predictions.Length; i++)
            predictions[i] = Predictions[rows[i / Width] * Width + i % Width];
        return this with { Predictions = predictions, Columns = [.. Columns.Select(column => column.Take(rows))], Weights = SortedRows.Gathered(Weights, rows) };
    }

    /// <summary>The squared distance covariance with all columns as one vector.</summary>
    public (double Value, double[] Gradient) Covariance() => Covariance(Space(Centring), Centring);

    /// <summary>The squared distance correlation with all columns as one vector; 0 where either side is constant.</summary>
    public (double Value, double[] Gradient) Correlation()
    {
        var (centring, slope) = (Centring, new double[Predictions.Length]);
        var space = Space(centring);
        var (variance, other) = (DistanceMeasure.Variance(Predictions, Width, centring, slope), space.Variance);
        if (variance <= 0 || other <= 0)
            return (0, new double[Predictions.Length]);

        var (value, gradient) = Covariance(space, centring);
        var scale = 1 / (Math.Sqrt(variance) * Math.Sqrt(other));
        TensorPrimitives.Multiply(slope, -value / (2 * variance), slope);
        TensorPrimitives.Add(gradient, slope, gradient);
        TensorPrimitives.Multiply(gradient, scale, gradient);
        return (scale * value, gradient);
    }

    /// <summary>The squared joint distance covariance with all columns.</summary>
    /// <param name="offset">The constant c.</param>
    public (double Value, double[] Gradient) Joint(double offset)
    {
        // what the columns' factors make together stands in the place of their distance: with the constant in the predictions' own factor it only adds a constant
        var centring = Centring;
        double n = centring.Rows, mean = centring.Mean / centring.Own, all = centring.All / centring.Own;
        var points = DistinctPoints.In(Columns);
        var spaces = Columns.Select(column => column.Space(centring)).ToArray();
        var sums = spaces.Select(space => points.First.Select(row => mean * space.Sums[row]).ToArray()).ToArray();
        var pairs = new ProductPairs([.. Columns.Select(column => column.Take(points.First))], sums, [.. spaces.Select(space => all * space.Total)], offset, points.Count);
        var product = new PointSpace(pairs, points.Of, centring);
        var (value, gradient) = Covariance(product, centring);
        var none = Math.Pow(offset, Columns.Count + 1) * (Statistic == DistanceStatistic.U ? n * (n - 1) : 1);
        return (value - centring.Own * (offset * product.Total + none), gradient);
    }

    /// <summary>The squared distance covariance with all columns as one vector, approximately: right on average over directions.</summary>
    /// <param name="count">How many random directions.</param>
    /// <param name="random">Where they come from.</param>
    public (double Value, double[] Gradient) Slices(int count, Generator random)
    {
        var (centring, value, gradient, slope) = (Centring, 0.0, new double[Predictions.Length], new double[Weights.Length]);
        var (predictions, values) = (new double[Weights.Length], new double[Weights.Length]);
        var size = Columns.Sum(column => Math.Max(column.Categories, 1)); // a category is a corner of a simplex whose sides are 1
        var factor = 1 / (Shortening(Width) * Shortening(size) * count);
        for (var slice = 0; slice < count; slice++)
        {
            var (direction, other, place) = (Direction(Width, random), Direction(size, random), 0);
            Array.Clear(values);
            foreach (var column in Columns)
            {
                for (var row = 0; row < values.Length; row++)
                    values[row] += column.Factor * (column.Categories > 0 ? Math.Sqrt(0.5) * other[place + (int)column.Numbers[row]] : column.Numbers[row] * other[place]);
                place += Math.Max(column.Categories, 1);
            }

            for (var row = 0; row < predictions.Length; row++)
                predictions[row] = TensorPrimitives.Dot(Predictions.AsSpan(row * Width, Width), direction);
            value += factor * DistanceMeasure.Covariance(predictions, 1, new NumberSpace(values, 1, centring), centring, slope);
            for (var i = 0; i < gradient.Length; i++)
                gradient[i] += factor * slope[i / Width] * direction[i % Width];
        }

        return (value, gradient);
    }

    private (double Value, double[] Gradient) Covariance(ProtectedSpace space, Centring centring)
    {
        var gradient = new double[Predictions.Length];
        return (DistanceMeasure.Covariance(Predictions, Width, space, centring, gradient), gradient);
    }

    private ProtectedSpace Space(Centring centring)
    {
        if (Width == 1 && Columns.Count == 1)
            return Columns[0].Space(centring);
        var points = DistinctPoints.In(Columns);
        return new PointSpace(new DistancePairs([.. Columns.Select(column => column.Take(points.First))], points.Count), points.Of, centring);
    }

    private static double[] Direction(int size, Generator random)
    {
        var direction = new double[size];
        for (var i = 0; i < size; i++)
            direction[i] = random.Normal();
        TensorPrimitives.Divide(direction, TensorPrimitives.Norm<double>(direction), direction);
        return direction;
    }

    /// <summary>The mean length of a unit vector along a random direction, <c>Gamma(d / 2) / (sqrt(pi) Gamma((d + 1) / 2))</c>.</summary>
    private static double Shortening(int size)
    {
        var mean = size % 2 == 1 ? 1 : 2 / Math.PI;
        for (var d = size % 2 == 1 ? 1 : 2; d < size; d += 2)
            mean *= d / (d + 1.0);
        return mean;
    }
}
