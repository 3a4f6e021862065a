namespace Retort;

/// <summary>Squared distance covariance and its gradient at the predictions.</summary>
/// <remarks>
/// The gradient at x_i is <c>2 w_i sum over j of w_j B_ij (x_i - x_j) / |x_i - x_j|</c> with B the centred distances of the protected columns; pairs of equal predictions, where there is no derivative, count 0. As the value
/// is homogeneous in x, it is the product of x with this gradient.
/// </remarks>
internal static class DistanceMeasure
{
    /// <summary>The value; the gradient is overwritten.</summary>
    /// <param name="predictions">[rows × columns], row after row.</param>
    /// <param name="columns">How many columns; where more than one, <paramref name="space"/> must be a <see cref="PointSpace"/>.</param>
    /// <param name="space">The protected columns.</param>
    /// <param name="centring">How rows count.</param>
    /// <param name="gradient">Like the predictions.</param>
    public static double Covariance(double[] predictions, int columns, ProtectedSpace space, Centring centring, double[] gradient)
    {
        if (columns > 1)
            return Several(predictions, columns, (PointSpace)space, centring, gradient);
        return Covariance(space.Sort(predictions), space, centring, gradient);
    }

    /// <summary>The value for predictions that are sorted already; the gradient is overwritten.</summary>
    /// <param name="sorted">Rows in the order of their predictions, as <see cref="ProtectedSpace.Sort"/> or <see cref="ProtectedSpace.Moved"/> gave them.</param>
    /// <param name="space">The protected columns.</param>
    /// <param name="centring">How rows count.</param>
    /// <param name="gradient">One number a row.</param>
    public static double Covariance(SortedRows sorted, ProtectedSpace space, Centring centring, double[] gradient)
    {
        if (sorted.AreAlike)
        {
            Array.Clear(gradient);
            return 0;
        }

        var (signed, sums) = (GC.AllocateUninitializedArray<double>(gradient.Length), GC.AllocateUninitializedArray<double>(gradient.Length));
        space.SignedSums(sorted, signed, sums);
        return Centred(sorted, signed, sums, space.Total, centring, gradient);
    }

    /// <summary>The squared distance variance of predictions, and its gradient.</summary>
    public static double Variance(double[] predictions, int columns, Centring centring, double[] gradient)
    {
        double value;
        if (columns > 1)
        {
            var own = Enumerable.Range(0, columns).Select(column => new ProtectedValues([.. Enumerable.Range(0, centring.Rows).Select(row => predictions[row * columns + column])], 0, 1)).ToArray();
            value = Several(predictions, columns, new PointSpace(new DistancePairs(own, centring.Rows), [.. Enumerable.Range(0, centring.Rows)], centring), centring, gradient);
        }
        else
        {
            var own = new NumberSpace(predictions, 1, centring);
            var (sorted, mean) = (own.Sort(predictions), TensorPrimitives.Dot<double>(predictions, centring.Weights));
            if (sorted.AreAlike)
            {
                Array.Clear(gradient);
                return 0;
            }

            var (signed, sums) = (new double[gradient.Length], new double[gradient.Length]);
            for (var i = 0; i < signed.Length; i++)
                (signed[i], sums[i]) = (centring.Total * sorted.Number(i) - mean, own.Sums[sorted.Rows[i]]);
            value = Centred(sorted, signed, sums, own.Total, centring, gradient);
        }

        TensorPrimitives.Multiply(gradient, 2, gradient); // both factors of the product move
        return Math.Max(value, 0);
    }

    /// <summary>From the signed sums to the gradient.</summary>
    private static double Centred(SortedRows sorted, double[] signed, double[] sums, double total, Centring centring, double[] gradient)
    {
        var (middle, rows) = (0.0, sorted.Rows);
        for (var i = 0; i < rows.Length; i++)
            middle += centring.Of(rows[i]) * sorted.Number(i);
        middle /= centring.Total;
        var (weight, product, value) = (0.0, 0.0, 0.0); // of rows below: weights, and weights with sums
        for (int start = 0, end; start < rows.Length; start = end)
        {
            end = sorted.End(start);
            var (lowerWeight, lowerProduct) = (weight, product);
            for (var i = start; i < end; i++)
                (weight, product) = (weight + centring.Of(rows[i]), product + centring.Of(rows[i]) * sums[i]);
            var (sign, signSum, x) = (lowerWeight + weight - centring.Total, lowerProduct + product - total, sorted.Number(start) - middle);
            for (var i = start; i < end; i++)
            {
                var slope = 2 * centring.Of(rows[i]) * (centring.Own * signed[i] + centring.All * total * sign - centring.Mean * (sums[i] * sign + signSum));
                gradient[rows[i]] = slope;
                value += x * slope;
            }
        }

        return value;
    }

    /// <summary>Any number of columns: all pairs, a row at a time.</summary>
    private static double Several(double[] x, int columns, PointSpace space, Centring centring, double[] gradient)
    {
        var (rows, w, value) = (centring.Rows, centring.Weights, 0.0);
        var own = new double[columns][];
        for (var column = 0; column < columns; column++)
        {
            own[column] = new double[rows];
            for (var row = 0; row < rows; row++)
                own[column][row] = x[row * columns + column];
        }

        var (distance, slope, difference) = (new double[rows], new double[rows], new double[rows]);
        for (var row = 0; row < rows; row++)
        {
            Array.Clear(distance);
            for (var column = 0; column < columns; column++)
            {
                TensorPrimitives.Subtract(own[column], own[column][row], difference);
                TensorPrimitives.MultiplyAdd<double>(difference, difference, distance, distance);
            }

            TensorPrimitives.Sqrt<double>(distance, distance);
            var numbers = space.Row(space.Point(row));
            var sum = space.Sums[row];
            for (var other = 0; other < rows; other++)
                slope[other] = distance[other] == 0 ? 0 : w[other] * (centring.Own * numbers[space.Point(other)] + centring.All * space.Total - centring.Mean * (sum + space.Sums[other])) / distance[other];
            for (var column = 0; column < columns; column++)
            {
                TensorPrimitives.Subtract(own[column], own[column][row], difference);
                gradient[row * columns + column] = -2 * w[row] * TensorPrimitives.Dot<double>(slope, difference);
            }

            value += w[row] * TensorPrimitives.Dot<double>(slope, Squared(distance));
        }

        return value;

        static double[] Squared(double[] numbers)
        {
            TensorPrimitives.Multiply<double>(numbers, numbers, numbers);
            return numbers;
        }
    }
}
