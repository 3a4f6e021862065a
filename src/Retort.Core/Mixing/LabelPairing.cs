namespace Retort;

/// <summary>Draws partners of rows by the similarity of labels: row j for row i with probability proportional to <c>w_j exp(-|y_i - y_j|^2 / (2 s^2))</c>, j = i among them.</summary>
/// <remarks>
/// <para>s is the bandwidth times the labels' deviation. Labels of several columns are divided by each column's deviation first, and <c>|y_i - y_j|^2</c> is the mean over the columns that are not constant: so a bandwidth means the same
/// however many columns there are. Labels that are all the same make all partners equally likely. A row without weight that is nowhere near one with weight (where the kernel is below 5e-324) is its own partner.</para>
/// <para>The distribution is exact; nothing is cut off. Rows lie in a k-d tree. For each small box of rows, boxes of possible partners are proposed by the kernel at their nearest corner, and a proposed row is accepted by the kernel at its
/// own label over that. Boxes are made smaller as long as that saves more trials than it costs. So a partner takes a few trials, whether labels are clumped, tied or far from all others, and n partners take
/// O(n log n) for labels of few columns: of many columns, where hardly a row is near another, up to O(n^2) for small bandwidths.</para>
/// <para>Source of the probabilities: Yao et al., C-Mixup: Improving Generalization in Regression, 2022, https://arxiv.org/abs/2210.05775. The way of drawing is ours.</para>
/// </remarks>
internal sealed class LabelPairing
{
    private const double SmallBox = 1.0 / 16; // squared, in deviations of the kernel
    private const double FewTrials = 16;

    private readonly LabelTree _tree;
    private readonly Lazy<int[]> _places;

    /// <summary>Prepares labels.</summary>
    /// <param name="labels">[rows * width], finite.</param>
    /// <param name="bandwidth">The kernel's deviation, in deviations of the labels. More than 0.</param>
    /// <param name="width">How many columns a label has.</param>
    /// <param name="weights">How likely each row is for a partner beside others, at least 0; empty where all are alike.</param>
    /// <exception cref="ArgumentException">A label or weight is outside its range, or there is none.</exception>
    public LabelPairing(ReadOnlySpan<double> labels, double bandwidth, int width = 1, ReadOnlySpan<double> weights = default)
    {
        Check.MoreThan(bandwidth, 0);
        Check.AtLeast(width, 1);
        if (labels.IsEmpty || labels.Length % width != 0)
            throw Check.Wrong("labels", $"have {width} numbers in each of at least 1 row", $"{labels.Length} numbers");
        var rows = labels.Length / width;
        for (var i = 0; i < labels.Length; i++)
            if (!double.IsFinite(labels[i]))
                throw new ArgumentException($"labels must be finite, but is {Check.Text(labels[i])} in row {i / width} (counted from 0).");
        if (!weights.IsEmpty && weights.Length != rows)
            throw Check.Wrong("weights", $"have {rows} rows", $"{weights.Length} numbers");
        for (var i = 0; i < weights.Length; i++)
            if (!(weights[i] >= 0 && double.IsFinite(weights[i])))
                throw new ArgumentException($"weights must be at least 0, but is {Check.Text(weights[i])} in row {i} (counted from 0).");

        var (points, columns) = Scaled(labels, width, bandwidth);
        _tree = new(points, columns, weights);
        _places = new(() =>
        {
            var places = new int[rows];
            for (var place = 0; place < rows; place++)
                places[_tree.Rows[place]] = place;
            return places;
        });
    }

    /// <summary>How many rows there are.</summary>
    public int Rows => _tree.Rows.Length;

    /// <summary>A partner for each row.</summary>
    public int[] Draw(Generator random)
    {
        var places = new int[Rows];
        for (var place = 0; place < places.Length; place++)
            places[place] = place;
        return Draw(places, _tree.Rows, random);
    }

    /// <summary>A partner, of all rows, for each of some rows.</summary>
    /// <param name="rows">Which; any row may be there several times.</param>
    /// <param name="random">Where chance comes from.</param>
    public int[] Draw(ReadOnlySpan<int> rows, Generator random)
    {
        int[] places = new int[rows.Length], targets = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            (places[i], targets[i]) = (_places.Value[rows[i]], i);
        Array.Sort(places, targets);
        return Draw(places, targets, random);
    }

    private int[] Draw(int[] places, int[] targets, Generator random)
    {
        int[] chosen = new int[places.Length], partners = new int[places.Length];
        new Drawing(_tree, places, chosen, random).Visit(0, 0, places.Length);
        for (var i = 0; i < chosen.Length; i++) // apart from the draws, which would wait for memory
            partners[targets[i]] = _tree.Rows[chosen[i]];
        return partners;
    }

    /// <summary>Labels whose kernel is <c>exp(-squared distance / 2)</c>, without constant columns; where all are constant one of zeros.</summary>
    private static (double[] Points, int Columns) Scaled(ReadOnlySpan<double> labels, int width, double bandwidth)
    {
        var rows = labels.Length / width;
        var columns = new List<double[]>();
        for (var column = 0; column < width; column++)
        {
            var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var i = column; i < labels.Length; i += width)
                (least, most) = (Math.Min(least, labels[i]), Math.Max(most, labels[i]));
            var range = most / 2 - least / 2; // the difference of the largest numbers is none
            if (!(range > 0))
                continue;
            var (values, sum, squares) = (new double[rows], 0.0, 0.0);
            for (var row = 0; row < rows; row++)
                sum += values[row] = (labels[row * width + column] / 2 - least / 2) / range;
            foreach (var value in values)
                squares += (value - sum / rows) * (value - sum / rows);
            var scale = bandwidth * Math.Sqrt(squares / rows);
            for (var row = 0; row < rows; row++)
                values[row] /= scale;
            columns.Add(values);
        }

        if (columns.Count == 0)
            return (new double[rows], 1);
        if (columns.Count == 1)
            return (columns[0], 1);
        var points = new double[rows * columns.Count];
        for (var column = 0; column < columns.Count; column++)
            for (var row = 0; row < rows; row++)
                points[row * columns.Count + column] = columns[column][row] / Math.Sqrt(columns.Count);
        return (points, columns.Count);
    }

    /// <summary>Chooses the places of partners for the rows at places, which are in order.</summary>
    private sealed class Drawing(LabelTree tree, int[] places, int[] chosen, Generator random)
    {
        private readonly KernelProposals _proposals = new(tree);

        /// <summary>Draws for those of the places from one index to before another, all of which a node holds.</summary>
        public void Visit(int node, int from, int to)
        {
            if (from == to)
                return;
            var (_, _, children) = tree[node];
            var box = tree.BoxOf(node);
            var extent = box.Extent;
            if (to - from > 1 && extent <= SmallBox && _proposals.Prepare(box, to - from) <= FewTrials)
            {
                Accept(from, to);
            }
            else if (to - from == 1 || children == 0)
            {
                for (var i = from; i < to; i++)
                {
                    _proposals.Prepare(tree.BoxAt(places[i]), 1);
                    Accept(i, i + 1);
                }
            }
            else
            {
                var (middle, border) = (from, tree[children + 1].Start);
                for (var end = to; middle < end;)
                {
                    var half = (middle + end) >>> 1;
                    (middle, end) = places[half] < border ? (half + 1, end) : (middle, half);
                }

                Visit(children, from, middle);
                Visit(children + 1, middle, to);
            }
        }

        private void Accept(int from, int to)
        {
            for (var i = from; i < to; i++)
                chosen[i] = _proposals.Draw(places[i], random);
        }
    }
}
