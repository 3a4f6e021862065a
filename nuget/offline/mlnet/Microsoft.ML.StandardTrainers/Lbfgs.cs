namespace Microsoft.ML.Numeric;

/// Limited-memory BFGS, in its orthant-wise form (Andrew and Gao, 2007) where there is an L1 term.
/// The first <c>free</c> coordinates (the biases) carry no L1 weight and may be negative.
internal sealed class Lbfgs
{
    public delegate double Objective(double[] x, double[] gradient);

    private readonly Objective _objective;
    private readonly int _free;
    private readonly double _l1;
    private readonly int _history;
    private readonly double _tolerance;
    private readonly int _maximumIterations;
    private readonly bool _nonNegative;

    public Lbfgs(Objective objective, int free, double l1, int history, double tolerance, int maximumIterations, bool nonNegative) =>
        (_objective, _free, _l1, _history, _tolerance, _maximumIterations, _nonNegative) =
        (objective, free, l1, history, tolerance, maximumIterations, nonNegative);

    public int Iterations { get; private set; }
    public double Value { get; private set; }

    /// Moves x to the minimum; <c>checkAlive</c> is called once an iteration.
    public void Minimize(double[] x, Action checkAlive)
    {
        var n = x.Length;
        if (_nonNegative)
            Project(x);
        var gradient = new double[n];
        var value = Evaluate(x, gradient);
        var steepest = new double[n];
        var direction = new double[n];
        var next = new double[n];
        var nextGradient = new double[n];
        var pairs = new List<(double[] Step, double[] Change, double Rho)>();
        var values = new Queue<double>([value]);

        for (Iterations = 0; Iterations < _maximumIterations; Iterations++)
        {
            checkAlive();
            Steepest(x, gradient, steepest);
            if (Dense.Dot(steepest, steepest) == 0)
                break;
            Direction(pairs, steepest, direction);
            // The L-BFGS direction may not leave the half-space in which the pseudo-gradient descends.
            for (var i = 0; i < n; i++)
                if ((_l1 > 0 || _nonNegative) && i >= _free && direction[i] * steepest[i] <= 0)
                    direction[i] = 0;

            var slope = -Dense.Dot(direction, steepest);
            if (!(slope < 0))
            {
                if (pairs.Count == 0)
                    break;
                pairs.Clear();
                continue;
            }
            if (!Search(x, value, steepest, direction, slope, pairs.Count == 0, next, nextGradient, out var nextValue))
            {
                if (pairs.Count == 0)
                    break;
                pairs.Clear();
                continue;
            }
            Remember(pairs, x, next, gradient, nextGradient);
            Array.Copy(next, x, n);
            Array.Copy(nextGradient, gradient, n);
            value = nextValue;

            values.Enqueue(value);
            if (values.Count > 5)
            {
                var improvement = (values.Dequeue() - value) / 5;
                if (improvement <= _tolerance * Math.Abs(value) || value == 0)
                    break;
            }
        }
        Value = value;
    }

    private double Evaluate(double[] x, double[] gradient)
    {
        var value = _objective(x, gradient);
        if (_l1 > 0)
            for (var i = _free; i < x.Length; i++)
                value += _l1 * Math.Abs(x[i]);
        return value;
    }

    private void Project(double[] x)
    {
        for (var i = _free; i < x.Length; i++)
            x[i] = Math.Max(x[i], 0);
    }

    /// The negative pseudo-gradient: the steepest descent of the objective, L1 term and sign constraint included.
    private void Steepest(double[] x, double[] gradient, double[] steepest)
    {
        for (var i = 0; i < x.Length; i++)
        {
            var g = gradient[i];
            if (i >= _free && _l1 > 0)
                g = x[i] > 0 ? g + _l1 : x[i] < 0 ? g - _l1 : g > _l1 ? g - _l1 : g < -_l1 ? g + _l1 : 0;
            if (i >= _free && _nonNegative && x[i] <= 0 && g > 0)
                g = 0;
            steepest[i] = -g;
        }
    }

    private static void Direction(List<(double[] Step, double[] Change, double Rho)> pairs, double[] steepest, double[] direction)
    {
        Array.Copy(steepest, direction, steepest.Length);
        if (pairs.Count == 0)
            return;
        var alpha = new double[pairs.Count];
        for (var k = pairs.Count - 1; k >= 0; k--)
        {
            alpha[k] = Dense.Dot(pairs[k].Step, direction) * pairs[k].Rho;
            Dense.Add(-alpha[k], pairs[k].Change, direction);
        }
        var last = pairs[^1];
        Dense.Scale(1 / (last.Rho * Dense.Dot(last.Change, last.Change)), direction);
        for (var k = 0; k < pairs.Count; k++)
            Dense.Add(alpha[k] - Dense.Dot(pairs[k].Change, direction) * pairs[k].Rho, pairs[k].Step, direction);
    }

    private void Remember(List<(double[] Step, double[] Change, double Rho)> pairs, double[] x, double[] next, double[] gradient, double[] nextGradient)
    {
        double[] step, change;
        if (pairs.Count == _history)
        {
            (step, change, _) = pairs[0];
            pairs.RemoveAt(0);
        }
        else
        {
            step = new double[x.Length];
            change = new double[x.Length];
        }
        for (var i = 0; i < x.Length; i++)
        {
            step[i] = next[i] - x[i];
            change[i] = nextGradient[i] - gradient[i];
        }
        var curvature = Dense.Dot(step, change);
        if (curvature > 1e-300)
            pairs.Add((step, change, 1 / curvature));
    }

    /// Without an L1 term: bracketing until both Wolfe conditions hold. With one: projected backtracking.
    private bool Search(double[] x, double value, double[] steepest, double[] direction, double slope, bool first, double[] next, double[] nextGradient, out double nextValue)
    {
        var step = first ? 1 / Math.Sqrt(Dense.Dot(direction, direction)) : 1;
        var orthants = _l1 > 0 || _nonNegative;
        double low = 0, high = double.PositiveInfinity;
        for (var attempt = 0; attempt < 60; attempt++)
        {
            for (var i = 0; i < x.Length; i++)
            {
                next[i] = x[i] + step * direction[i];
                if (i < _free)
                    continue;
                if (_l1 > 0)
                {
                    var orthant = x[i] != 0 ? Math.Sign(x[i]) : Math.Sign(steepest[i]);
                    if (Math.Sign(next[i]) != orthant)
                        next[i] = 0;
                }
                if (_nonNegative && next[i] < 0)
                    next[i] = 0;
            }
            nextValue = Evaluate(next, nextGradient);
            var decrease = slope * step;
            if (orthants)
            {
                decrease = 0;
                for (var i = 0; i < x.Length; i++)
                    decrease -= steepest[i] * (next[i] - x[i]);
            }
            if (!(nextValue <= value + 1e-4 * decrease))
                high = step;
            else if (!orthants && Dense.Dot(nextGradient, direction) < 0.9 * slope)
                low = step;
            else
                return true;
            step = double.IsInfinity(high) ? step * 2 : (low + high) / 2;
            if (step < 1e-20)
                break;
        }
        nextValue = value;
        return false;
    }
}
