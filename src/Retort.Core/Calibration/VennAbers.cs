namespace Retort;

/// <summary>Isotonic regression that hears both answers: the row itself is added once as a miss and once as a hit, and the two results become one probability, which is never 0 or 1.</summary>
/// <remarks>
/// <c>p = p1 / (1 - p0 + p1)</c>, where p0 and p1 are the values at the row's log-odds of the isotonic regressions of all rows and this one, with the label 0 and 1. The pair (p0, p1) is calibrated whatever the rows' distribution;
/// p is the one number between them that costs least log-loss at worst. All pairs that there can be, one for each place at and between rows, are found while fitting in O(n log^2 n): each is the slope of the lower tangent of
/// two convex hulls of summed weights and labels, that of the rows before it and that of the rows after it. Several classes as <see cref="OneVsRest"/> says.
/// Source: Vovk, Petej and Fedorova, Large-scale probabilistic predictors with and without guarantees of validity, 2015, https://arxiv.org/abs/1511.00213
/// </remarks>
[Method("venn-abers", Title = "Large-scale probabilistic predictors with and without guarantees of validity", Authors = "Vovk, Petej and Fedorova", Year = 2015,
    Link = "https://arxiv.org/abs/1511.00213", Tasks = LearningTasks.Classification)]
public sealed record VennAbers : OneVsRest
{
    private protected override OddsMap Learn(OddsColumn column)
    {
        var groups = column.Group();
        var (weights, hits, count) = (groups.Weights, groups.Hits, groups.Count);
        var (x, y) = (new double[count + 1], new double[count + 1]); // summed weights and hits before each group, and after the last
        for (var group = 0; group < count; group++)
            (x[group + 1], y[group + 1]) = (x[group] + weights[group], y[group] + hits[group]);

        // at: the row joins a group, so that the sums before it are those of point i and those after it those of point i + 1; between: both are those of point i
        var (miss, hit) = (new Pairs(x, y, 0), new Pairs(x, y, 1));
        var (at, between) = (new double[count], new double[count + 1]);
        for (var i = 0; i <= count; i++)
        {
            between[i] = One(miss.Slope(i), hit.Slope(i));
            miss.Leave(i);
            hit.Leave(i);
            if (i < count)
                at[i] = One(miss.Slope(i), hit.Slope(i));
        }

        return new Map([.. Enumerable.Range(0, count).Select(groups.At)], at, between);

        static double One(double p0, double p1) => p1 / (1 - p0 + p1);
    }

    private protected override OddsMap Read(double[] numbers)
    {
        if (numbers.Length % 3 != 1)
            throw Check.Wrong("The number of a saved calibrator's numbers", "be one more than three times the number of places", $"{numbers.Length}");
        var count = numbers.Length / 3;
        Places.Check(numbers[..count]);
        LinesMap.CheckProbabilities(numbers[count..]);
        return new Map(numbers[..count], numbers[count..(2 * count)], numbers[(2 * count)..]);
    }

    /// <summary>Lower convex hulls of the points before a place, and of those after it, all moved by the row's own weight 1 and label.</summary>
    private sealed class Pairs
    {
        private readonly double[] _x, _y;
        private readonly double _label;
        private readonly int[] _left, _right; // stacks; the right one's top is its leftmost point
        private readonly int[] _size, _over; // what the right hull was before a point came: its size, and the entry that the point took
        private int _leftCount, _rightCount;
        private double _last = 0.5;

        public Pairs(double[] x, double[] y, double label)
        {
            (_x, _y, _label) = (x, y, label);
            (_left, _right, _size, _over) = (new int[x.Length], new int[x.Length], new int[x.Length], new int[x.Length]);
            for (var i = x.Length - 1; i >= 0; i--)
            {
                var top = _rightCount;
                while (top >= 2 && Turn(i, _right[top - 1], _right[top - 2]) <= 0)
                    top--;
                (_size[i], _over[i]) = (_rightCount, _right[top]);
                _right[top] = i;
                _rightCount = top + 1;
            }

            Enter(0);
        }

        /// <summary>Point i leaves the right; the one after it joins the left with the next place.</summary>
        public void Leave(int i)
        {
            _right[_rightCount - 1] = _over[i];
            _rightCount = _size[i];
        }

        /// <summary>The slope at a place whose left ends at point i; the right begins wherever <see cref="Leave"/> has left it.</summary>
        public double Slope(int i)
        {
            while (_left[_leftCount - 1] < i)
                Enter(_left[_leftCount - 1] + 1);

            // the slope that two points give, then the points that are lowest in its direction, until they stay; where that would go round in circles, halves of what is left
            var (slope, low, high) = (_last, -1.0, 2.0);
            for (var step = 0; step < 200 && high > low; step++)
            {
                var (a, b) = (Lowest(_left, _leftCount, slope), Lowest(_right, _rightCount, slope));
                var (rise, run) = (_y[b] + _label - _y[a], _x[b] + 1 - _x[a]);
                var found = Math.Clamp(rise / run, 0, 1);
                if (Math.Abs(found - slope) <= 1e-15)
                    return _last = found;
                if (found > slope)
                    low = slope;
                else
                    high = slope;
                slope = found > low && found < high ? found : (low + high) / 2;
            }

            return _last = Math.Clamp(slope, 0, 1);
        }

        private void Enter(int i)
        {
            while (_leftCount >= 2 && Turn(_left[_leftCount - 2], _left[_leftCount - 1], i) <= 0)
                _leftCount--;
            _left[_leftCount++] = i;
        }

        /// <summary>The point of a hull with the least y - slope x.</summary>
        /// <param name="hull">Its points.</param>
        /// <param name="count">How many there are.</param>
        /// <param name="slope">The direction.</param>
        private int Lowest(int[] hull, int count, double slope)
        {
            var (low, high) = (0, count - 1);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                var (a, b) = (hull[middle], hull[middle + 1]);
                if (_y[b] - _y[a] < slope * (_x[b] - _x[a]))
                    low = middle + 1;
                else
                    high = middle;
            }

            return hull[low];
        }

        /// <summary>Positive where three points turn to the left.</summary>
        private double Turn(int a, int b, int c) => (_x[b] - _x[a]) * (_y[c] - _y[a]) - (_y[b] - _y[a]) * (_x[c] - _x[a]);
    }

    private sealed class Map(double[] places, double[] at, double[] between) : OddsMap
    {
        private readonly Places _places = new(places);

        public override double[] Numbers => [.. places, .. at, .. between];

        public override double At(double odds)
        {
            var above = _places.FirstAtLeast(odds);
            return above < places.Length && places[above] == odds ? at[above] : between[above];
        }

        public override OnnxValue At(OnnxValue odds)
        {
            var (graph, above) = (odds.Graph, _places.FirstAtLeast(odds));
            var free = graph.Constant(between, between.Length).At(above);
            if (places.Length == 0)
                return free;
            var nearest = above.Min(places.Length - 1);
            return graph.Constant(places, places.Length).At(nearest).IsEqual(odds).Choose(graph.Constant(at, at.Length).At(nearest), free);
        }
    }
}
