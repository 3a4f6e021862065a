namespace Retort;

/// <summary>The numbers of <see cref="FairnessMetrics"/> for any weights of the same rows, from sums within the cells of all protected columns.</summary>
internal sealed class FairnessMeter
{
    private readonly FairnessRows _rows;
    private readonly FairnessSettings _settings;
    private readonly GroupView[] _views; // the columns, then their intersection where there is one
    private readonly int[] _order, _cellStarts; // rows, cell after cell
    private readonly int[] _cellOf, _decisions; // in that order
    private readonly double[] _numbers, _weights; // likewise: what is summed over rows
    private readonly byte[] _bins;
    private readonly int _width, _classes, _numberCount, _binCount;
    private readonly int[] _filledBins;
    private readonly double[] _means; // of each score
    private readonly GroupColumn[] _columns;
    private readonly int[][] _pooled; // of each view the cell of the divergence that each cell belongs to

    public FairnessMeter(FairnessRows rows, IReadOnlyList<GroupColumn> columns, FairnessSettings settings)
    {
        settings.Validate();
        rows.Validate();
        Check.AtLeast(columns.Count, 1, "The number of protected columns");
        foreach (var column in columns)
        {
            if (column.Groups.Length != rows.Count)
                throw Check.Wrong($"The rows of the protected column '{column.Name}'", $"be {rows.Count}", $"{column.Groups.Length}");
            if (columns.Count(other => other.Name == column.Name) > 1)
                throw Check.Wrong("Names of protected columns", "differ", $"'{column.Name}' twice");
        }

        (_rows, _settings, _columns) = (rows, settings, [.. columns]);
        (_width, _classes, _binCount) = (rows.Width, rows.ClassCount, settings.Bins);

        var cells = GroupCells.In(columns);
        _order = [.. Enumerable.Range(0, rows.Count).OrderBy(row => cells.Of[row])]; // is stable
        _cellOf = [.. _order.Select(row => cells.Of[row])];
        var counts = new int[cells.Groups.Length];
        foreach (var cell in _cellOf)
            counts[cell]++;
        _cellStarts = new int[counts.Length + 1];
        for (var cell = 0; cell < counts.Length; cell++)
            _cellStarts[cell + 1] = _cellStarts[cell] + counts[cell];

        var views = Enumerable.Range(0, columns.Count).Select(column => cells.View(column, counts, settings.MinimumCount)).ToList();
        if (settings.Intersections && columns.Count > 1)
            views.Add(cells.View(counts, settings.MinimumCount));
        _views = [.. views];
        _pooled = [.. _views.Select(view => view.Of.Select(group => view.Pooled[group]).ToArray())];
        foreach (var view in _views)
            if (view.Groups > GroupColumn.MostGroups)
                throw new ArgumentException(view.Columns.Count == 1
                    ? $"Protected column '{view.Name}' must have at most {GroupColumn.MostGroups} groups to be compared, but has {view.Groups}."
                    : $"Protected columns {string.Join(", ", view.Columns.Select(column => $"'{column.Name}'"))} must make at most {GroupColumn.MostGroups} groups together, but make {view.Groups}; measure fewer of them, or no intersections.");

        (_bins, _filledBins) = (new byte[rows.Count * _width], new int[_width]);
        _means = new double[_width];
        for (var score = 0; score < _width; score++)
        {
            double[] own = [.. _order.Select(row => rows.Scores[row * _width + score])];
            var cuts = QuantileCuts.Of(own, _binCount);
            (_filledBins[score], _means[score]) = (cuts.Length + 1, own.Average());
            for (var place = 0; place < own.Length; place++)
                _bins[place * _width + score] = (byte)QuantileCuts.Bin(cuts, own[place]);
        }

        // of each row its scores, their squared distances from the mean, and what it costs
        _numberCount = 2 * _width + (_classes > 0 ? 1 : 4);
        (_numbers, _decisions) = (new double[rows.Count * _numberCount], new int[rows.Count]);
        _weights = rows.Weights is null ? [] : [.. _order.Select(row => rows.Weights[row])];
        for (var place = 0; place < _order.Length; place++)
        {
            var row = _order[place];
            var own = _numbers.AsSpan(place * _numberCount, _numberCount);
            for (var score = 0; score < _width; score++)
            {
                own[score] = rows.Scores[row * _width + score];
                own[_width + score] = (own[score] - _means[score]) * (own[score] - _means[score]);
            }

            if (_classes > 0)
            {
                _decisions[place] = rows.Labels![row] * _classes + rows.Decisions![row];
                own[^1] = rows.AreProbabilities ? -Math.Log(Math.Clamp(_width > 1 ? own[rows.Labels[row]] : rows.Labels[row] == 1 ? own[0] : 1 - own[0], 1e-15, 1)) : double.NaN;
            }
            else
            {
                var residual = own[0] - rows.Truth![row];
                (own[^4], own[^3], own[^2], own[^1]) = (rows.Truth[row], residual, residual * residual, Math.Abs(residual));
            }
        }
    }

    public FairnessMetrics Measure()
    {
        var seeds = Seeds.Of(_settings.Seed, 0);
        var chance = new GroupChance[_views.Length];
        GapChance[] gapChance = [.. _views.Select(view => new GapChance(view, _rows))];
        var values = new List<double>();
        var bounds = new List<(double Least, double Most)>();
        var isFirst = true;
        var estimates = new Bootstrap(_settings.Bootstrap, seeds.For("fairness rows"), _settings.Confidence).Of(_rows.Count, null, _rows.Weights is null ? null : _weights, weights =>
        {
            values.Clear();
            Report(Tally(weights), Take, chance, null, null);
            isFirst = false;
            return [.. values];
        });

        var tests = _views.Select((view, v) => Dependence(view, seeds.Stream($"fairness dependence {v}"))).ToArray();
        Permute(seeds.Stream("fairness permutations"), chance, gapChance, tests);
        var dependence = tests.Select(test => test.Result).ToArray();
        var next = 0;
        return Report(Tally(_rows.Weights is null ? null : _weights), (_, _, _) =>
        {
            var (estimate, (least, most)) = (estimates[next], bounds[next]);
            next++;
            return estimate with { Low = Math.Clamp(estimate.Low, least, most), High = Math.Clamp(estimate.High, least, most) };
        }, chance, gapChance, dependence);

        Estimate Take(double value, double least, double most)
        {
            values.Add(value);
            if (isFirst)
                bounds.Add((least, most));
            return new(value, double.NaN, double.NaN);
        }
    }

    private GroupTally Tally(double[]? weights)
    {
        var tally = new GroupTally(_cellStarts.Length - 1, _numberCount, _classes, _width, _binCount);
        for (var cell = 0; cell < tally.Groups; cell++)
            for (var place = _cellStarts[cell]; place < _cellStarts[cell + 1]; place++)
                if ((weights is null ? 1 : weights[place]) is var weight && weight != 0)
                    Add(tally, cell, place, weight);
        return tally;
    }

    private void Add(GroupTally tally, int cell, int place, double weight)
    {
        tally.Weights[cell] += weight;
        var (first, from) = (cell * _numberCount, place * _numberCount);
        for (var i = 0; i < _numberCount; i++)
            tally.Numbers[first + i] += weight * _numbers[from + i];
        if (_classes > 0)
            tally.Decisions[cell * _classes * _classes + _decisions[place]] += weight;
        for (var score = 0; score < _width; score++)
            tally.Bins[(cell * _width + score) * _binCount + _bins[place * _width + score]] += weight;
    }

    /// <summary>Deals the rows, with all that is known of them, to the places in the groups anew, time after time; weights stay where they are.</summary>
    private void Permute(Generator random, GroupChance[] chance, GapChance[] gapChance, DependenceTest[] tests)
    {
        var (weights, to) = (_rows.Weights is null ? null : _weights, new int[_rows.Count]);
        var observed = Divergences(Tally(weights).Bins);
        for (var view = 0; view < _views.Length; view++)
            chance[view] = new(observed[view], _settings.Permutations);
        for (var row = 0; row < to.Length; row++)
            to[row] = row;
        for (var permutation = 0; permutation < _settings.Permutations; permutation++)
        {
            GroupChance.Shuffle(random, to);
            var tally = new GroupTally(_cellStarts.Length - 1, _numberCount, _classes, _width, _binCount);
            for (var place = 0; place < to.Length; place++)
                Add(tally, _cellOf[to[place]], place, weights is null ? 1 : weights[to[place]]);
            var drawn = Divergences(tally.Bins);
            for (var view = 0; view < _views.Length; view++)
            {
                chance[view].Add(drawn[view]);
                gapChance[view].Add(tally);
            }

            foreach (var test in tests)
                test.Permute(to);
        }
    }

    /// <summary>Of each view the divergence of each score.</summary>
    private double[][] Divergences(double[] bins) =>
        [.. _views.Select((view, v) => Enumerable.Range(0, _width).Select(score => GroupTally.Divergence(bins, _pooled[v], view.PooledCount, _width, score, _binCount)).ToArray())];

    private DependenceTest Dependence(GroupView view, Generator random)
    {
        var numbers = view.Columns.Count == 1 ? view.Columns[0].Numbers : null;
        int[] places = [.. Enumerable.Range(0, _rows.Count).Where(place => (numbers is null || !double.IsNaN(numbers[_order[place]])) && (_weights.Length == 0 || _weights[place] > 0))];
        var scores = new double[_width][];
        for (var score = 0; score < _width; score++)
            scores[score] = [.. places.Select(place => _numbers[place * _numberCount + score])];
        return new(
            scores, numbers is null ? null : [.. places.Select(place => numbers[_order[place]])], [.. places.Select(place => view.Of[_cellOf[place]])], view.Groups,
            _weights.Length == 0 ? null : [.. places.Select(place => _weights[place])], _width > 1 ? _rows.Classes : null, _settings.Permutations, random);
    }

    private FairnessMetrics Report(GroupTally cells, Func<double, double, double, Estimate> take, GroupChance[] chance, GapChance[]? gapChance, GroupDependence[]? dependence)
    {
        var everyone = cells.Into(new int[cells.Groups], 1);
        var spread = 0.0;
        for (var score = 0; score < _width; score++)
            spread += Math.Max(everyone.Mean(0, _width + score) - Math.Pow(everyone.Mean(0, score) - _means[score], 2), 0) / _width;
        var scoreSpread = take(Math.Sqrt(spread), 0, double.PositiveInfinity);
        var divergences = Divergences(cells.Bins);
        var all = Group(everyone, 0, "(all)", [], _rows.Count, everyone.Weights[0], false, take);
        var views = _views.Select((view, v) => View(view, cells, divergences[v], everyone.Weights[0], take, chance[v], gapChance?[v], dependence?[v])).ToArray();
        return new(
            _rows.Task, _rows.Count, [.. _rows.Classes], scoreSpread, all, [.. views.Take(_columns.Length)], views.Length > _columns.Length ? views[^1] : null, _settings, dependence is null ? [] : Notes());
    }

    private ColumnFairness View(GroupView view, GroupTally cells, double[] divergences, double weight, Func<double, double, double, Estimate> take, GroupChance? chance, GapChance? gapChance, GroupDependence? dependence)
    {
        var tally = cells.Into(view.Of, view.Groups);
        GroupFairness[] groups = [.. Enumerable.Range(0, view.Groups).Select(group => Group(tally, group, view.GroupName(group), [.. view.Values[group]], view.Counts[group], weight, view.IsSmall[group], take))];
        var (gaps, classGaps) = new FairnessGaps(view, tally, _rows, take).All();
        if (gapChance is not null)
            (gaps, classGaps) = (gapChance.Floored(gaps, 0), gapChance.Floored(classGaps, gaps.Length));

        var worst = chance?.Worst ?? 0;
        var value = take(divergences.Max(), 0, double.PositiveInfinity);
        var floor = chance?.Floor ?? double.NaN;
        var divergence = new GroupDivergence(
            _width > 1 ? _rows.Classes[worst] : null, value, floor, new(value.Value - floor, value.Low - floor, value.High - floor), chance?.PValue ?? double.NaN, _filledBins[worst], view.PooledCount, view.IsSmall.Count(small => small));
        return new(view.Name, [.. view.Columns.Select(column => column.Name)], [.. groups], [.. gaps], [.. classGaps], divergence, dependence!);
    }

    private GroupFairness Group(GroupTally tally, int group, string name, ValueList<string> values, int count, double weight, bool isSmall, Func<double, double, double, Estimate> take)
    {
        var fresh = new GroupFairness(name, values, count, tally.Weights[group] / weight, isSmall);
        if (_classes == 0)
            return fresh with
            {
                MeanPrediction = Real(tally.Mean(group, 0)),
                MeanLabel = Real(tally.Mean(group, _numberCount - 4)),
                RootMeanSquaredError = take(Math.Sqrt(tally.Mean(group, _numberCount - 2)), 0, double.PositiveInfinity),
                MeanAbsoluteError = take(tally.Mean(group, _numberCount - 1), 0, double.PositiveInfinity),
                Bias = Real(tally.Mean(group, _numberCount - 3)),
            };

        var hits = Enumerable.Range(0, _classes).Sum(k => tally.Weight(group, k, k)) / tally.Weights[group];
        return fresh with
        {
            Accuracy = take(hits, 0, 1),
            ErrorRate = take(1 - hits, 0, 1),
            LogLoss = take(tally.Mean(group, _numberCount - 1), 0, double.PositiveInfinity),
            Classes = [.. _rows.Classes.Select((name, k) =>
            {
                var rates = new GroupRates(tally, group, _width > 1 ? k : 1);
                return new ClassFairness(
                    name, take(rates.Base, 0, 1), take(rates.Selection, 0, 1), take(rates.TruePositive, 0, 1), take(rates.FalsePositive, 0, 1), take(rates.Precision, 0, 1),
                    _rows.AreProbabilities ? take(tally.Mean(group, k), 0, 1) : Real(tally.Mean(group, k)));
            })],
        };

        Estimate Real(double value) => take(value, double.NegativeInfinity, double.PositiveInfinity);
    }

    private ValueList<string> Notes()
    {
        var notes = new List<string>();
        foreach (var column in _columns)
            if (column.MissingRows is var missing and > 0)
                notes.Add($"Column '{column.Name}' has no value in {missing} of {_rows.Count} rows: they are a group of their own{(column.Numbers is null ? "" : ", which the distance covariance leaves out")}.");
        foreach (var view in _views)
        {
            var small = view.IsSmall.Count(small => small);
            if (view.Groups == 1)
                notes.Add($"{Thing(view)} has one group only, '{view.GroupName(0)}': there is nothing to compare.");
            else if (view.Groups - small < 2)
                notes.Add($"{Thing(view)} has {(view.Groups == small ? "no group" : "one group only")} of at least {_settings.MinimumCount} rows, among {view.Groups}: there are no gaps{(view.PooledCount < 2 ? ", and no divergence" : "")}.");
            else if (small > 0)
                notes.Add($"{Thing(view)} has {small} of {view.Groups} groups with fewer than {_settings.MinimumCount} rows: they are left out of the gaps, and one cell in the divergence.");
        }

        return [.. notes];

        static string Thing(GroupView view) => view.Columns.Count == 1 ? $"Column '{view.Name}'" : $"The intersection '{view.Name}'";
    }
}
