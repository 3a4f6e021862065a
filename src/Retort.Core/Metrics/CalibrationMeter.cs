namespace Retort;

/// <summary>The numbers of <see cref="CalibrationMetrics"/> for any weights of the same rows: what depends on the order of probabilities is sorted once.</summary>
internal sealed class CalibrationMeter
{
    /// <summary>The place of the one number that may be below 0.</summary>
    public const int Debiased = 10;

    private const int BinCount = CalibrationMetrics.BinCount;

    private readonly int _rows, _classes, _firstClass;
    private readonly int[] _labels, _byConfidence;
    private readonly double[] _confidences, _logLosses, _squares;
    private readonly bool[] _hits;
    private readonly int[][] _byClass; // rows by a class's probability, from the second class on where there are two
    private readonly double[][] _sorted; // the probabilities in that order
    private readonly byte[] _bins, _classBins;
    private readonly double[] _probabilities;
    private readonly double[] _blockWeights, _blockHits;
    private readonly SmoothError _smooth;

    public CalibrationMeter(double[] probabilities, int classes, int[] labels, double[]? weights)
    {
        Check.AtLeast(classes, 2, "The number of classes");
        Check.AtLeast(labels.Length, 1, "The number of rows to measure");
        if (probabilities.Length != (long)labels.Length * classes)
            throw Check.Wrong("The number of probabilities", $"be {(long)labels.Length * classes}, {classes} a row", $"{probabilities.Length}");
        CheckWeights(weights, labels.Length);

        (_rows, _classes, _labels, _probabilities) = (labels.Length, classes, labels, probabilities);
        _firstClass = classes == 2 ? 1 : 0;
        (_confidences, _logLosses, _squares, _hits) = (new double[_rows], new double[_rows], new double[_rows], new bool[_rows]);
        (_bins, _classBins) = (new byte[_rows], new byte[probabilities.Length]);
        for (var row = 0; row < _rows; row++)
        {
            if ((uint)labels[row] >= classes) // a message is made only where it is needed
                Check.InRange(labels[row], 0, classes - 1, $"The label of row {row}");
            var own = probabilities.AsSpan(row * classes, classes);
            var (sum, squares, top) = (0.0, 0.0, 0);
            for (var k = 0; k < classes; k++)
            {
                if (!(own[k] >= 0 && own[k] <= 1 + 1e-6))
                    Check.InRange(own[k], 0, 1 + 1e-6, $"A probability of row {row}");
                sum += own[k];
                var gap = own[k] - (k == labels[row] ? 1 : 0);
                squares += k < _firstClass ? 0 : gap * gap;
                if (own[k] > own[top])
                    top = k;
                _classBins[row * classes + k] = Bin(own[k]);
            }

            if (!(Math.Abs(sum - 1) <= 1e-3))
                Check.InRange(sum, 1 - 1e-3, 1 + 1e-3, $"The sum of the probabilities of row {row}");
            _confidences[row] = Math.Min(own[top], 1);
            _bins[row] = Bin(own[top]);
            _hits[row] = top == labels[row];
            _logLosses[row] = -Math.Log(Math.Clamp(own[labels[row]], 1e-15, 1));
            _squares[row] = squares;
        }

        _byConfidence = Order(_confidences);
        (_byClass, _sorted) = (new int[classes][], new double[classes][]);
        for (var k = _firstClass; k < classes; k++)
        {
            var column = new double[_rows];
            for (var row = 0; row < _rows; row++)
                column[row] = probabilities[row * classes + k];
            _byClass[k] = OrderInPlace(column);
            _sorted[k] = column;
        }

        (_blockWeights, _blockHits) = (new double[_rows], new double[_rows]);
        _smooth = new(_confidences, _hits);
    }

    /// <exception cref="ArgumentException">There are more or fewer than rows, one is negative, or all are 0.</exception>
    public static void CheckWeights(double[]? weights, int rows)
    {
        if (weights is null)
            return;
        if (weights.Length != rows)
            throw Check.Wrong("The number of weights", $"be {rows}, one a row", $"{weights.Length}");
        for (var row = 0; row < rows; row++)
            if (!(weights[row] >= 0 && weights[row] < double.PositiveInfinity))
                Check.AtLeast(weights[row], 0, $"The weight of row {row}");
        Check.MoreThan(weights.Sum(), 0, "The sum of all weights");
    }

    /// <summary>The numbers in the order in which <see cref="CalibrationMetrics"/> takes them.</summary>
    public double[] Measure(double[]? weights)
    {
        var total = weights is null ? _rows : TensorPrimitives.Sum<double>(weights);
        var (hits, logLoss, squares) = (0.0, 0.0, 0.0);
        for (var row = 0; row < _rows; row++)
        {
            var weight = weights is null ? 1 : weights[row];
            hits += _hits[row] ? weight : 0;
            logLoss += weight * _logLosses[row];
            squares += weight * _squares[row];
        }

        var (recalibrated, shares) = (0.0, 0.0);
        for (var k = _firstClass; k < _classes; k++)
        {
            var (ofClass, share) = Isotonic(k, weights);
            recalibrated += ofClass / total;
            shares += share / total * (1 - share / total);
        }

        var (expected, most) = EqualWidth(weights);
        var (equalMass, debiased) = EqualMass(weights, total);
        var brier = squares / total;
        return
        [
            hits / total, logLoss / total, brier, brier - recalibrated, shares - recalibrated, shares,
            expected / total, equalMass / total, Classwise(weights) / total, most, debiased / total, _smooth.Of(weights, total), RiskCoverage(weights) / total,
        ];
    }

    public ReliabilityBin[] Bins(double[]? weights)
    {
        var total = weights is null ? _rows : weights.Sum();
        var (rows, sums, confidences, hits) = (new int[BinCount], new double[BinCount], new double[BinCount], new double[BinCount]);
        for (var row = 0; row < _rows; row++)
        {
            var (bin, weight) = (_bins[row], weights is null ? 1 : weights[row]);
            rows[bin]++;
            sums[bin] += weight;
            confidences[bin] += weight * _confidences[row];
            hits[bin] += _hits[row] ? weight : 0;
        }

        return [.. Enumerable.Range(0, BinCount).Select(bin =>
            new ReliabilityBin((double)bin / BinCount, (bin + 1.0) / BinCount, rows[bin], sums[bin] / total, confidences[bin] / sums[bin], hits[bin] / sums[bin]))];
    }

    private (double Sum, double Most) EqualWidth(double[]? weights)
    {
        Span<double> gaps = stackalloc double[BinCount], sums = stackalloc double[BinCount];
        gaps.Clear();
        sums.Clear();
        for (var row = 0; row < _rows; row++)
        {
            var weight = weights is null ? 1 : weights[row];
            gaps[_bins[row]] += weight * (_confidences[row] - (_hits[row] ? 1 : 0));
            sums[_bins[row]] += weight;
        }

        var (sum, most) = (0.0, 0.0);
        for (var bin = 0; bin < BinCount; bin++)
        {
            sum += Math.Abs(gaps[bin]);
            if (sums[bin] > 0)
                most = Math.Max(most, Math.Abs(gaps[bin]) / sums[bin]);
        }

        return (sum, most);
    }

    private (double Plain, double Debiased) EqualMass(double[]? weights, double total)
    {
        Span<double> gaps = stackalloc double[BinCount], variances = stackalloc double[BinCount], bounds = stackalloc double[BinCount];
        gaps.Clear();
        variances.Clear();
        bounds.Clear();
        var before = 0.0;
        for (int start = 0, end; start < _rows; start = end)
        {
            var confidence = _confidences[_byConfidence[start]];
            var (group, squares, gap) = (0.0, 0.0, 0.0);
            for (end = start; end < _rows && _confidences[_byConfidence[end]] == confidence; end++)
            {
                var row = _byConfidence[end];
                var weight = weights is null ? 1 : weights[row];
                group += weight;
                squares += weight * weight;
                gap += weight * (confidence - (_hits[row] ? 1 : 0));
            }

            var bin = Math.Min((int)(BinCount * (before + group / 2) / total), BinCount - 1);
            before += group;
            gaps[bin] += gap;
            variances[bin] += squares * confidence * (1 - confidence);
            bounds[bin] += 2 * group * confidence * (1 - confidence);
        }

        var (plain, debiased) = (0.0, 0.0);
        for (var bin = 0; bin < BinCount; bin++)
        {
            var (gap, variance) = (Math.Abs(gaps[bin]), variances[bin]);
            var noise = Math.Min(Math.Sqrt(2 / Math.PI * variance), bounds[bin]);
            plain += gap;
            debiased += gap - (variance > 0 ? Math.Sqrt(2) * noise * Math.Exp(-gap * gap / (2 * variance)) : 0);
        }

        return (plain, debiased);
    }

    /// <summary>The mean over the classes of their summed gaps.</summary>
    private double Classwise(double[]? weights)
    {
        var gaps = new double[_classes * BinCount];
        for (var row = 0; row < _rows; row++)
        {
            var weight = weights is null ? 1 : weights[row];
            if (weight == 0)
                continue;
            var start = row * _classes;
            for (var k = 0; k < _classes; k++)
                gaps[k * BinCount + _classBins[start + k]] += weight * _probabilities[start + k];
            gaps[_labels[row] * BinCount + _classBins[start + _labels[row]]] -= weight;
        }

        return TensorPrimitives.SumOfMagnitudes<double>(gaps) / _classes;
    }

    private double RiskCoverage(double[]? weights)
    {
        var (area, covered, wrong) = (0.0, 0.0, 0.0);
        for (int end = _rows - 1, start; end >= 0; end = start)
        {
            var confidence = _confidences[_byConfidence[end]];
            var group = 0.0;
            for (start = end; start >= 0 && _confidences[_byConfidence[start]] == confidence; start--)
            {
                var row = _byConfidence[start];
                var weight = weights is null ? 1 : weights[row];
                group += weight;
                wrong += _hits[row] ? 0 : weight;
            }

            covered += group;
            area += group > 0 ? group * wrong / covered : 0;
        }

        return area;
    }

    /// <summary>The summed squared error of a class's isotonic regression, by pooling adjacent violators, and the weight of its rows.</summary>
    private (double Error, double Share) Isotonic(int k, double[]? weights)
    {
        var (order, sorted) = (_byClass[k], _sorted[k]);
        var (blocks, share) = (0, 0.0);
        for (int start = 0, end; start < _rows; start = end)
        {
            var (weight, hit) = (0.0, 0.0);
            for (end = start; end < _rows && sorted[end] == sorted[start]; end++)
            {
                var own = weights is null ? 1 : weights[order[end]];
                weight += own;
                hit += _labels[order[end]] == k ? own : 0;
            }

            if (weight == 0)
                continue;
            share += hit;
            while (blocks > 0 && _blockHits[blocks - 1] * weight >= hit * _blockWeights[blocks - 1])
            {
                blocks--;
                weight += _blockWeights[blocks];
                hit += _blockHits[blocks];
            }

            (_blockWeights[blocks], _blockHits[blocks]) = (weight, hit);
            blocks++;
        }

        var error = 0.0;
        for (var block = 0; block < blocks; block++)
            error += _blockHits[block] * (1 - _blockHits[block] / _blockWeights[block]);
        return (error, share);
    }

    private static byte Bin(double probability) => (byte)Math.Min((int)(probability * BinCount), BinCount - 1);

    private static int[] Order(double[] numbers) => OrderInPlace((double[])numbers.Clone());

    private static int[] OrderInPlace(double[] numbers)
    {
        var order = new int[numbers.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(numbers, order);
        return order;
    }
}
