namespace Retort;

/// <summary>Fits <see cref="Presto"/>.</summary>
internal sealed class PrestoFit
{
    private const int MostSteps = 20_000;
    private const double Precision = 1e-10;

    private readonly double[] _features, _weights;
    private readonly int[] _labels;
    private readonly int _columns, _boundaries;
    private readonly bool _penalizesFirst;
    private readonly Action _checkCanceled;

    /// <param name="features">[rows × columns], of deviation 1.</param>
    /// <param name="columns">How many features there are.</param>
    /// <param name="labels">Class numbers [rows].</param>
    /// <param name="weights">[rows].</param>
    /// <param name="classes">At least 3.</param>
    /// <param name="penalizesFirst">Whether the first boundary's weights are penalised.</param>
    /// <param name="checkCanceled">Throws where the fit is to end.</param>
    public PrestoFit(double[] features, int columns, int[] labels, double[] weights, int classes, bool penalizesFirst, Action checkCanceled)
    {
        (_features, _columns, _labels, _boundaries, _penalizesFirst, _checkCanceled) = (features, columns, labels, classes - 1, penalizesFirst, checkCanceled);
        var total = weights.Sum();
        _weights = [.. weights.Select(weight => weight / total)];
    }

    /// <summary>A network of one linear layer whose outputs are the boundaries, and the penalty that was chosen, in units of the smallest that gives proportional odds.</summary>
    /// <exception cref="ArgumentException">There are fewer than three classes.</exception>
    public static (FittedNetwork Network, double Lambda) Of(Presto presto, Dataset data, int environmentSeed, Action checkCanceled)
    {
        presto.Validate();
        Check.AtLeast(data.Classes, 3, "The number of classes for 'presto'");
        using var scope = NewDisposeScope();
        var (rows, columns) = ((int)data.Rows, (int)data.Features.shape[1]);
        var features = Memory.Of<float>(data.Inputs(0, rows).Features.contiguous());
        var labels = Memory.Of<long>(data.Labels!).ToArray().Select(label => (int)label).ToArray();
        double[] weights = data.Weights is null ? [.. Enumerable.Repeat(1.0, rows)] : [.. Memory.Of<float>(data.Weights).ToArray().Select(weight => (double)weight)];
        var (scaled, means, deviations) = Standardised(features, columns, weights);

        PrestoFit Fit(int[] kept) => new(
            [.. kept.SelectMany(row => scaled.AsSpan(row * columns, columns).ToArray())], columns, [.. kept.Select(row => labels[row])], [.. kept.Select(row => weights[row])],
            data.Classes, presto.PenalizesFirst, checkCanceled);

        var whole = Fit([.. Enumerable.Range(0, rows)]);
        var proportional = whole.Minimise(whole.Start(), double.PositiveInfinity);
        var largest = whole.SmallestFullPenalty(proportional);
        double[] path = [.. presto.Lambdas.OrderDescending()];
        var chosen = path[0];
        if (path.Length > 1)
        {
            var errors = new double[path.Length];
            var seeds = Seeds.Of(environmentSeed, presto.Seed);
            foreach (var (kept, held) in Folds(labels, presto.Folds, new Generator(seeds.For("folds"))))
            {
                var fit = Fit(kept);
                var current = fit.Minimise(fit.Start(), double.PositiveInfinity);
                for (var i = 0; i < path.Length; i++)
                {
                    current = fit.Minimise(current, path[i] * largest);
                    errors[i] += held.Sum(row => weights[row] * fit.Brier(current, scaled.AsSpan(row * columns, columns), labels[row]));
                }
            }

            chosen = path[Array.IndexOf(errors, errors.Min())];
        }

        var solution = path.TakeWhile(lambda => lambda >= chosen).Aggregate(proportional, (current, lambda) => whole.Minimise(current, lambda * largest));
        return (whole.Network(solution, means, deviations), chosen);
    }

    private static (double[] Scaled, double[] Means, double[] Deviations) Standardised(ReadOnlySpan<float> features, int columns, double[] weights)
    {
        var (means, deviations, total) = (new double[columns], new double[columns], weights.Sum());
        for (var i = 0; i < features.Length; i++)
            means[i % columns] += weights[i / columns] / total * features[i];
        for (var i = 0; i < features.Length; i++)
            deviations[i % columns] += weights[i / columns] / total * (features[i] - means[i % columns]) * (features[i] - means[i % columns]);
        for (var column = 0; column < columns; column++)
            deviations[column] = deviations[column] > 1e-24 * (1 + means[column] * means[column]) ? Math.Sqrt(deviations[column]) : double.PositiveInfinity; // a constant says nothing
        var scaled = new double[features.Length];
        for (var i = 0; i < scaled.Length; i++)
            scaled[i] = (features[i] - means[i % columns]) / deviations[i % columns];
        return (scaled, means, deviations);
    }

    private static IEnumerable<(int[] Kept, int[] Held)> Folds(int[] labels, int folds, Generator random)
    {
        var fold = new int[labels.Length];
        foreach (var own in Enumerable.Range(0, labels.Length).GroupBy(row => labels[row]).OrderBy(group => group.Key).Select(group => group.ToArray()))
        {
            var (order, first) = (random.Permutation(own.Length), random.Below(folds));
            for (var i = 0; i < own.Length; i++)
                fold[own[order[i]]] = (int)((first + i) % folds);
        }

        for (var part = 0; part < folds; part++)
            if (Array.IndexOf(fold, part) >= 0 && Array.Exists(fold, other => other != part))
                yield return ([.. Rows(kept: true, part)], [.. Rows(kept: false, part)]);

        IEnumerable<int> Rows(bool kept, int part) => Enumerable.Range(0, fold.Length).Where(row => fold[row] == part != kept);
    }

    private int Count => _boundaries * (1 + _columns);

    private bool IsPenalized(int parameter) => parameter >= _boundaries + (_penalizesFirst ? 0 : _columns);

    /// <summary>All weights 0, the boundaries at the shares of the classes.</summary>
    private double[] Start()
    {
        var (start, below) = (new double[Count], 0.0);
        for (var k = 0; k < _boundaries; k++)
        {
            for (var row = 0; row < _labels.Length; row++)
                below += _labels[row] == k ? _weights[row] : 0;
            var share = (below * 1000 + k + 1) / (1000 + _boundaries + 1); // a class without rows has a little room too
            start[k] = Math.Log(share / (1 - share));
        }

        return start;
    }

    /// <summary>By accelerated proximal gradient steps whose length is found by halving; the acceleration begins anew where it leads upwards.</summary>
    private double[] Minimise(double[] start, double lambda)
    {
        var (current, ahead, gradient, next) = (start, start.ToArray(), new double[Count], new double[Count]);
        var (best, momentum, length, calm) = (Value(start, null) + Penalty(start, lambda), 1.0, 1.0, 0);
        for (var step = 0; step < MostSteps && calm < 5; step++)
        {
            _checkCanceled();
            var value = Value(ahead, gradient);
            if (double.IsInfinity(value))
            {
                current.CopyTo(ahead, 0);
                (momentum, value) = (1, Value(ahead, gradient));
            }

            var reached = 0.0;
            for (length *= 1.5; ; length /= 2)
            {
                var (linear, square) = (0.0, 0.0);
                for (var i = 0; i < Count; i++)
                {
                    var moved = ahead[i] - length * gradient[i];
                    next[i] = !IsPenalized(i) ? moved : double.IsInfinity(lambda) ? 0 : Math.Sign(moved) * Math.Max(0, Math.Abs(moved) - length * lambda);
                    linear += gradient[i] * (next[i] - ahead[i]);
                    square += (next[i] - ahead[i]) * (next[i] - ahead[i]);
                }

                reached = Value(next, null);
                if (reached <= value + linear + square / (2 * length) + 1e-14 || length < 1e-12)
                    break;
            }

            reached += Penalty(next, lambda);
            if (reached > best && momentum > 1)
            {
                (momentum, calm) = (1, 0);
                current.CopyTo(ahead, 0);
                continue;
            }

            var following = (1 + Math.Sqrt(1 + 4 * momentum * momentum)) / 2;
            for (var i = 0; i < Count; i++)
                ahead[i] = next[i] + (momentum - 1) / following * (next[i] - current[i]);
            calm = best - reached <= Precision * (1 + Math.Abs(best)) ? calm + 1 : 0;
            (current, best, momentum) = (next.ToArray(), Math.Min(best, reached), following);
        }

        return current;
    }

    private double Penalty(double[] parameters, double lambda)
    {
        var sum = 0.0;
        for (var i = 0; i < parameters.Length; i++)
            sum += IsPenalized(i) ? Math.Abs(parameters[i]) : 0;
        return sum == 0 ? 0 : lambda * sum;
    }

    /// <summary>The least penalty at which all differences stay 0: the steepest slope at the fit without them.</summary>
    private double SmallestFullPenalty(double[] proportional)
    {
        var gradient = new double[Count];
        Value(proportional, gradient);
        return Enumerable.Range(0, Count).Where(IsPenalized).Max(i => Math.Abs(gradient[i]));
    }

    /// <summary>The mean surprise; infinite where a row's boundaries are out of order. Writes the gradient where one is asked for.</summary>
    private double Value(double[] parameters, double[]? gradient)
    {
        var weights = Weights(parameters);
        var slopes = gradient is null ? null : new double[_boundaries * _columns];
        gradient?.AsSpan().Clear();
        var sum = 0.0;
        for (var row = 0; row < _labels.Length; row++)
        {
            var (label, weight) = (_labels[row], _weights[row]);
            if (weight == 0)
                continue;
            var x = _features.AsSpan(row * _columns, _columns);
            var upper = label < _boundaries ? Boundary(parameters, weights, label, x) : double.PositiveInfinity;
            var lower = label > 0 ? Boundary(parameters, weights, label - 1, x) : double.NegativeInfinity;
            if (!(upper > lower))
                return double.PositiveInfinity;
            // sigmoid(u) - sigmoid(l) = sigmoid(u) sigmoid(-l) (1 - exp(l - u))
            sum += weight * (Softplus(-upper) + Softplus(lower) - Math.Log(-ExpMinus1(lower - upper)));
            if (gradient is null)
                continue;
            var between = double.IsInfinity(upper - lower) ? 0 : 1 / ExpMinus1(upper - lower);
            if (label < _boundaries)
                Add(label, -weight * (Logits.Sigmoid(-upper) + between), x);
            if (label > 0)
                Add(label - 1, weight * (Logits.Sigmoid(lower) + between), x);
        }

        for (var k = _boundaries - 1; k >= 0 && gradient is not null; k--)
            for (var column = 0; column < _columns; column++)
                gradient[_boundaries + k * _columns + column] = slopes![k * _columns + column] + (k + 1 < _boundaries ? gradient[_boundaries + (k + 1) * _columns + column] : 0);
        return sum;

        void Add(int k, double slope, ReadOnlySpan<double> x)
        {
            gradient[k] += slope;
            TensorPrimitives.MultiplyAdd(x, slope, slopes.AsSpan(k * _columns, _columns), slopes.AsSpan(k * _columns, _columns));
        }
    }

    /// <summary>[boundaries × columns], the differences summed up.</summary>
    private double[] Weights(double[] parameters)
    {
        var weights = parameters[_boundaries..];
        for (var i = _columns; i < weights.Length; i++)
            weights[i] += weights[i - _columns];
        return weights;
    }

    private double Boundary(double[] parameters, double[] weights, int k, ReadOnlySpan<double> x) => parameters[k] + TensorPrimitives.Dot(x, weights.AsSpan(k * _columns, _columns));

    private double Brier(double[] parameters, ReadOnlySpan<double> x, int label)
    {
        var (weights, highest, below, sum) = (Weights(parameters), double.NegativeInfinity, 0.0, 0.0);
        for (var k = 0; k <= _boundaries; k++)
        {
            highest = k < _boundaries ? Math.Max(highest, Boundary(parameters, weights, k, x)) : double.PositiveInfinity;
            var (until, error) = (Logits.Sigmoid(highest), 0.0);
            error = until - below - (k == label ? 1 : 0);
            (below, sum) = (until, sum + error * error);
        }

        return sum;
    }

    private FittedNetwork Network(double[] parameters, double[] means, double[] deviations)
    {
        var (weights, classes) = (Weights(parameters), _boundaries + 1);
        var numbers = new float[classes * (_columns + 1)]; // the last output is not used
        for (var k = 0; k < _boundaries; k++)
        {
            var bias = parameters[k];
            for (var column = 0; column < _columns; column++)
            {
                var weight = weights[k * _columns + column] / deviations[column];
                numbers[k * _columns + column] = (float)weight;
                bias -= weight * means[column];
            }

            numbers[classes * _columns + k] = (float)bias;
        }

        return new(LearningTask.Multiclass, new LinearNetwork { ScalesFeatures = false }, new(_columns, [], classes), numbers, new OutputLink(LinkFunction.Cumulative, []));
    }

    private static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    private static double ExpMinus1(double x) => Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1;
}
