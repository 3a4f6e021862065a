namespace Retort;

/// <summary>Multinomial logistic regression on a few columns, held near where it starts: <c>min mean_i w_i CE(softmax(A x_i + c), y_i) + 1/2 sum penalty (parameter - start)^2</c>.</summary>
/// <remarks>
/// A is the identity and c is 0 at the start; the result's log-loss is never above the start's. L-BFGS, whose first guess of the Hessian is its blocks of a class's own parameters, from as many rows as take little time (beyond
/// <see cref="MostBlocked"/> classes the blocks' diagonals). Ends where a further step could not lower the objective by more than rounding does.
/// </remarks>
internal sealed class AffineFit
{
    private const int Block = 256, Memory = 12, Steps = 500, MostBlocked = 128;
    private const double MostWork = 1e9;

    private readonly int _classes, _rows, _count;
    private readonly double[][] _columns;
    private readonly int[] _labels;
    private readonly double[] _weights, _penalty, _start;
    private readonly int[][] _free; // for each class the columns that it may use
    private readonly double[] _outputs, _most, _sums;

    private AffineFit(double[] inputs, CalibrationRows rows, double[] penalty)
    {
        (_classes, _rows, _labels, _penalty) = (rows.Classes, rows.Count, rows.Labels, penalty);
        _count = _classes * (_classes + 1);
        _columns = new double[_classes][];
        for (var k = 0; k < _classes; k++)
        {
            var column = _columns[k] = new double[_rows];
            for (var row = 0; row < _rows; row++)
                column[row] = inputs[row * _classes + k];
        }

        var total = rows.TotalWeight;
        _weights = new double[_rows];
        for (var row = 0; row < _rows; row++)
            _weights[row] = rows.Weight(row) / total;
        _start = Identity(_classes);
        _free = new int[_classes][];
        for (var k = 0; k < _classes; k++)
            _free[k] = [.. Enumerable.Range(0, _classes).Where(j => double.IsFinite(penalty[k * _classes + j]))];
        (_outputs, _most, _sums) = (new double[_classes * Block], new double[Block], new double[Block]);
    }

    /// <summary>A [classes × classes], then c [classes].</summary>
    /// <param name="inputs">[rows × classes].</param>
    /// <param name="rows">Their labels and weights.</param>
    /// <param name="penalty">For each parameter at least 0; infinite where it must stay.</param>
    public static double[] Fit(double[] inputs, CalibrationRows rows, double[] penalty) => new AffineFit(inputs, rows, penalty).Search();

    public static double[] Identity(int classes)
    {
        var parameters = new double[classes * (classes + 1)];
        for (var k = 0; k < classes; k++)
            parameters[k * classes + k] = 1;
        return parameters;
    }

    private double[] Search()
    {
        var (at, gradient, direction) = ((double[])_start.Clone(), new double[_count], new double[_count]);
        var (next, nextGradient) = (new double[_count], new double[_count]);
        var value = Value(at, gradient);
        var factors = Precondition();
        var pairs = new List<(double[] Move, double[] Change, double Product)>();
        Span<double> shares = stackalloc double[Memory];
        for (var step = 0; step < Steps; step++)
        {
            // two loops over the remembered moves
            gradient.CopyTo(direction, 0);
            for (var i = pairs.Count - 1; i >= 0; i--)
            {
                shares[i] = TensorPrimitives.Dot<double>(pairs[i].Move, direction) / pairs[i].Product;
                TensorPrimitives.MultiplyAdd(pairs[i].Change, -shares[i], direction, direction);
            }

            Solve(factors, direction);
            for (var i = 0; i < pairs.Count; i++)
                TensorPrimitives.MultiplyAdd(pairs[i].Move, shares[i] - TensorPrimitives.Dot<double>(pairs[i].Change, direction) / pairs[i].Product, direction, direction);

            var slope = TensorPrimitives.Dot<double>(gradient, direction);
            if (!(slope > 1e-17 * (1 + Math.Abs(value))))
                break;

            var (length, found) = (1.0, double.NaN);
            for (var halving = 0; halving < 40; halving++, length /= 2)
            {
                TensorPrimitives.MultiplyAdd(direction, -length, at, next);
                found = Value(next, nextGradient);
                if (found <= value - 1e-4 * length * slope)
                    break;
            }

            if (!(found < value))
                break;
            var (move, change) = (new double[_count], new double[_count]);
            TensorPrimitives.Subtract(next, at, move);
            TensorPrimitives.Subtract<double>(nextGradient, gradient, change);
            var product = TensorPrimitives.Dot<double>(move, change);
            if (product > 1e-14 * TensorPrimitives.Norm<double>(move) * TensorPrimitives.Norm<double>(change))
            {
                if (pairs.Count == Memory)
                    pairs.RemoveAt(0);
                pairs.Add((move, change, product));
            }

            value = found;
            next.CopyTo(at, 0);
            nextGradient.CopyTo(gradient, 0);
        }

        return at;
    }

    /// <summary>The objective, and its gradient.</summary>
    private double Value(double[] at, double[] gradient)
    {
        Array.Clear(gradient);
        var value = 0.0;
        for (var start = 0; start < _rows; start += Block)
        {
            var count = Math.Min(Block, _rows - start);
            value += Residuals(at, start, count);
            for (var k = 0; k < _classes; k++)
            {
                var residuals = _outputs.AsSpan(k * Block, count);
                gradient[_classes * _classes + k] += TensorPrimitives.Sum<double>(residuals);
                foreach (var j in _free[k])
                    gradient[k * _classes + j] += TensorPrimitives.Dot<double>(residuals, _columns[j].AsSpan(start, count));
            }
        }

        for (var i = 0; i < _count; i++)
            if (double.IsFinite(_penalty[i]))
            {
                var gap = at[i] - _start[i];
                value += _penalty[i] / 2 * gap * gap;
                gradient[i] += _penalty[i] * gap;
            }
            else
            {
                gradient[i] = 0;
            }

        return value;
    }

    /// <summary>A block's weighted losses, added up; its outputs become the losses' slopes in the logits.</summary>
    private double Residuals(double[] at, int start, int count)
    {
        var most = _most.AsSpan(0, count);
        var sums = _sums.AsSpan(0, count);
        most.Fill(double.NegativeInfinity);
        for (var k = 0; k < _classes; k++)
        {
            var outputs = _outputs.AsSpan(k * Block, count);
            outputs.Fill(at[_classes * _classes + k]);
            foreach (var j in _free[k])
                TensorPrimitives.MultiplyAdd(_columns[j].AsSpan(start, count), at[k * _classes + j], outputs, outputs);
            TensorPrimitives.Max<double>(most, outputs, most);
        }

        var loss = 0.0;
        for (var i = 0; i < count; i++)
            loss += _weights[start + i] * (most[i] - _outputs[_labels[start + i] * Block + i]);
        sums.Clear();
        for (var k = 0; k < _classes; k++)
        {
            var outputs = _outputs.AsSpan(k * Block, count);
            TensorPrimitives.Subtract<double>(outputs, most, outputs);
            TensorPrimitives.Exp<double>(outputs, outputs);
            TensorPrimitives.Add<double>(sums, outputs, sums);
        }

        var weights = _weights.AsSpan(start, count);
        TensorPrimitives.Divide<double>(weights, sums, most);
        TensorPrimitives.Log<double>(sums, sums);
        loss += TensorPrimitives.Dot<double>(weights, sums);
        for (var k = 0; k < _classes; k++)
        {
            var outputs = _outputs.AsSpan(k * Block, count);
            TensorPrimitives.Multiply<double>(outputs, most, outputs);
        }

        for (var i = 0; i < count; i++)
            _outputs[_labels[start + i] * Block + i] -= weights[i];
        return loss;
    }

    /// <summary>For each class the Cholesky factor of the Hessian's block at the start, its lower triangle; the last parameter of a block is the class's c.</summary>
    private double[][,] Precondition()
    {
        var blocked = _classes <= MostBlocked;
        double[][,] factors = [.. _free.Select(free => new double[free.Length + 1, free.Length + 1])];
        var scaled = new double[Block];
        var stride = Block * Math.Max(1, (int)(blocked ? _rows * Math.Pow(_classes, 3) / MostWork : 1)); // every so many blocks of rows
        for (var start = 0; start < _rows; start += stride)
        {
            var count = Math.Min(Block, _rows - start);
            Residuals(_start, start, count);
            for (var k = 0; k < _classes; k++)
            {
                // the curvature w p (1 - p), held off 0 so that classes that seem certain do not leap
                var curvature = _outputs.AsSpan(k * Block, count);
                for (var i = 0; i < count; i++)
                {
                    var weight = _weights[start + i];
                    var p = weight > 0 ? curvature[i] / weight + (_labels[start + i] == k ? 1 : 0) : 0;
                    curvature[i] = weight * Math.Max(p * (1 - p), 0.01);
                }

                var (free, factor) = (_free[k], factors[k]);
                for (var a = 0; a < free.Length; a++)
                {
                    TensorPrimitives.Multiply(curvature, _columns[free[a]].AsSpan(start, count), scaled);
                    factor[free.Length, a] += blocked ? TensorPrimitives.Sum<double>(scaled.AsSpan(0, count)) : 0;
                    for (var b = blocked ? 0 : a; b <= a; b++)
                        factor[a, b] += TensorPrimitives.Dot<double>(scaled.AsSpan(0, count), _columns[free[b]].AsSpan(start, count));
                }

                factor[free.Length, free.Length] += TensorPrimitives.Sum<double>(curvature);
            }
        }

        foreach (var factor in factors)
            for (var a = 0; a < factor.GetLength(0); a++)
                for (var b = 0; b <= a; b++)
                    factor[a, b] *= stride / Block;
        for (var k = 0; k < _classes; k++)
        {
            var (free, factor) = (_free[k], factors[k]);
            for (var a = 0; a <= free.Length; a++)
                factor[a, a] = factor[a, a] * (1 + 1e-9) + (a < free.Length ? _penalty[k * _classes + free[a]] : _penalty[_classes * _classes + k]) + 1e-12;
            Cholesky(factor);
        }

        return factors;
    }

    private static void Cholesky(double[,] matrix)
    {
        var size = matrix.GetLength(0);
        for (var j = 0; j < size; j++)
        {
            var pivot = matrix[j, j];
            for (var i = j; i < size; i++)
            {
                var sum = matrix[i, j];
                for (var l = 0; l < j; l++)
                    sum -= matrix[i, l] * matrix[j, l];
                matrix[i, j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12 * pivot)) : sum / matrix[j, j];
            }
        }
    }

    private void Solve(double[][,] factors, double[] direction)
    {
        for (var k = 0; k < _classes; k++)
        {
            var (free, factor) = (_free[k], factors[k]);
            ref double At(int a) => ref direction[a < free.Length ? k * _classes + free[a] : _classes * _classes + k];
            for (var a = 0; a <= free.Length; a++)
            {
                for (var b = 0; b < a; b++)
                    At(a) -= factor[a, b] * At(b);
                At(a) /= factor[a, a];
            }

            for (var a = free.Length; a >= 0; a--)
            {
                for (var b = a + 1; b <= free.Length; b++)
                    At(a) -= factor[b, a] * At(b);
                At(a) /= factor[a, a];
            }
        }
    }
}
