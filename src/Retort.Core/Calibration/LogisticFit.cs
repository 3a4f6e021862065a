namespace Retort;

/// <summary>Logistic regression on one or two columns, by Newton steps: <c>min sum_i w_i CE(sigmoid(b . x_i + c), t_i) + W / 2 penalty |(b, c) - start|^2</c>, W being the sum of all w.</summary>
internal static class LogisticFit
{
    private const int Block = 1024, Steps = 100, Few = 4000;

    /// <summary>The factors of the columns, then the offset.</summary>
    /// <param name="columns">At most two, [rows] each.</param>
    /// <param name="targets">In [0, 1], [rows].</param>
    /// <param name="rows">Their weights.</param>
    /// <param name="start">Where the search begins.</param>
    /// <param name="penalty">At least 0.</param>
    public static double[] Fit(double[][] columns, double[] targets, CalibrationRows rows, double[] start, double penalty)
    {
        var (at, total) = (Near(columns, targets, rows, start, penalty), rows.TotalWeight);
        var size = at.Length;
        var (gradient, bend, next) = (new double[size], new double[size, size], new double[size]);
        var value = Value(at, isWhole: true);
        for (var step = 0; step < Steps; step++)
        {
            var move = Solve(bend, gradient);
            var slope = 0.0;
            for (var a = 0; a < size; a++)
                slope += gradient[a] * move[a];
            if (!(slope > 1e-16 * (total + Math.Abs(value))))
                break;

            var (length, found) = (1.0, double.NaN);
            for (var halving = 0; halving < 50; halving++, length /= 2)
            {
                for (var a = 0; a < size; a++)
                    next[a] = at[a] - length * move[a];
                found = Value(next, isWhole: length == 1);
                if (found <= value - 1e-4 * length * slope)
                    break;
            }

            if (!(found < value))
                break;
            next.CopyTo(at, 0);
            value = length == 1 ? found : Value(at, isWhole: true);
        }

        return at;

        // with gradient and Hessian where it is to be whole
        double Value(double[] at, bool isWhole)
        {
            Span<double> outputs = stackalloc double[Block], odds = stackalloc double[Block];
            if (isWhole)
            {
                Array.Clear(gradient);
                Array.Clear(bend);
            }

            var loss = 0.0;
            for (var begin = 0; begin < rows.Count; begin += Block)
            {
                var count = Math.Min(Block, rows.Count - begin);
                var z = outputs[..count];
                var e = odds[..count];
                z.Fill(at[^1]);
                for (var j = 0; j < columns.Length; j++)
                    TensorPrimitives.MultiplyAdd(columns[j].AsSpan(begin, count), at[j], z, z);
                TensorPrimitives.Abs<double>(z, e);
                TensorPrimitives.Negate<double>(e, e);
                TensorPrimitives.Exp<double>(e, e);
                double g0 = 0, g1 = 0, g2 = 0, h00 = 0, h01 = 0, h02 = 0, h11 = 0, h12 = 0, h22 = 0;
                var first = columns[0].AsSpan(begin, count);
                var second = columns[^1].AsSpan(begin, count);
                var own = targets.AsSpan(begin, count);
                for (var i = 0; i < count; i++)
                {
                    var weight = rows.Weight(begin + i);
                    var inverse = 1 / (1 + e[i]);
                    var p = z[i] >= 0 ? inverse : e[i] * inverse;
                    loss += weight * (Math.Max(z[i], 0) - own[i] * z[i]);
                    var (residual, curvature) = (weight * (p - own[i]), weight * e[i] * inverse * inverse);
                    var x = first[i];
                    g0 += residual * x;
                    g2 += residual;
                    h00 += curvature * x * x;
                    h02 += curvature * x;
                    h22 += curvature;
                    if (columns.Length == 1)
                        continue;
                    g1 += residual * second[i];
                    h01 += curvature * x * second[i];
                    h11 += curvature * second[i] * second[i];
                    h12 += curvature * second[i];
                }

                TensorPrimitives.Add(e, 1, e);
                TensorPrimitives.Log<double>(e, e);
                loss += rows.Weights is null ? TensorPrimitives.Sum<double>(e) : TensorPrimitives.Dot<double>(e, rows.Weights.AsSpan(begin, count));
                if (!isWhole)
                    continue;
                double[] g = columns.Length == 1 ? [g0, g2] : [g0, g1, g2];
                double[,] h = columns.Length == 1 ? new[,] { { h00, h02 }, { h02, h22 } } : new[,] { { h00, h01, h02 }, { h01, h11, h12 }, { h02, h12, h22 } };
                for (var a = 0; a < size; a++)
                {
                    gradient[a] += g[a];
                    for (var b = 0; b < size; b++)
                        bend[a, b] += h[a, b];
                }
            }

            for (var a = 0; a < size; a++)
            {
                var gap = at[a] - start[a];
                loss += total * penalty / 2 * gap * gap;
                if (!isWhole)
                    continue;
                gradient[a] += total * penalty * gap;
                bend[a, a] += total * penalty;
            }

            return loss;
        }
    }

    /// <summary>Of many rows, where some thousand of them lead: a search there costs little, and leaves few steps.</summary>
    private static double[] Near(double[][] columns, double[] targets, CalibrationRows rows, double[] start, double penalty)
    {
        var stride = rows.Count / Few;
        if (stride < 4)
            return (double[])start.Clone();
        int[] some = [.. Enumerable.Range(0, rows.Count / stride).Select(i => i * stride)];
        var weights = rows.Weights is null ? null : some.Select(row => rows.Weights[row]).ToArray();
        if (weights is not null && !(weights.Sum() > 0))
            return (double[])start.Clone();
        return Fit([.. columns.Select(column => some.Select(row => column[row]).ToArray())], [.. some.Select(row => targets[row])],
            new CalibrationRows([], rows.Classes, [.. some.Select(row => rows.Labels[row])], weights), start, Math.Max(penalty, 1e-6));
    }

    /// <summary>By Gauss and Jordan; a direction without curvature gets a little.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var size = right.Length;
        var (left, result) = ((double[,])matrix.Clone(), (double[])right.Clone());
        var most = 0.0;
        for (var a = 0; a < size; a++)
            most = Math.Max(most, matrix[a, a]);
        for (var a = 0; a < size; a++)
            left[a, a] += 1e-12 * most + 1e-300;
        for (var a = 0; a < size; a++)
        {
            for (var b = 0; b < size; b++)
            {
                if (b == a)
                    continue;
                var factor = left[b, a] / left[a, a];
                for (var c = a; c < size; c++)
                    left[b, c] -= factor * left[a, c];
                result[b] -= factor * result[a];
            }
        }

        for (var a = 0; a < size; a++)
            result[a] /= left[a, a];
        return result;
    }
}
