namespace Retort;

/// <summary>A k-d tree over labels of any number of columns. Its rows lie in an order of its own, and each node holds a range of places in it.</summary>
internal sealed class LabelTree
{
    private const int LeafRows = 8;

    private readonly int _width;
    private readonly double[] _points;
    private readonly double[]? _sums;
    private readonly List<Node> _nodes = [];
    private double[] _corners;

    /// <summary>Builds the tree.</summary>
    /// <param name="points">One finite label a row, [rows * width].</param>
    /// <param name="width">How many columns a label has, at least 1.</param>
    /// <param name="weights">How much each row counts; empty where all count alike.</param>
    public LabelTree(double[] points, int width, ReadOnlySpan<double> weights)
    {
        _width = width;
        var rows = points.Length / width;
        _corners = new double[2 * width * (rows / 2 + 2)];
        Rows = width == 1 ? SortedRows.Of(points).Rows : [.. Enumerable.Range(0, rows)];
        _nodes.Add(new(0, rows, 0));
        if (width == 1)
        {
            _points = Gathered(points);
            Split(0, _points, null, new(0));
        }
        else
        {
            Split(0, points, new double[rows], new(0));
            _points = Gathered(points);
        }

        if (weights.IsEmpty)
            return;
        _sums = new double[rows + 1];
        for (var place = 0; place < rows; place++)
            _sums[place + 1] = _sums[place] + weights[Rows[place]];
    }

    /// <summary>A node: the places from <paramref name="Start"/> to before <paramref name="End"/>, and its first child, which the second follows; 0 where it has none.</summary>
    public readonly record struct Node(int Start, int End, int Children);

    /// <summary>The row at each place.</summary>
    public int[] Rows { get; }

    public Node this[int node] => _nodes[node];

    /// <summary>The smallest box around a node's labels.</summary>
    public LabelBox BoxOf(int node) => new(_corners.AsSpan(2 * _width * node, _width), _corners.AsSpan(2 * _width * node + _width, _width));

    /// <summary>The label at a place.</summary>
    public LabelBox BoxAt(int place) => new(_points.AsSpan(_width * place, _width), _points.AsSpan(_width * place, _width));

    /// <summary>The squared distance of the labels at two places.</summary>
    public double Square(int place, int other)
    {
        var sum = 0.0;
        for (var i = 0; i < _width; i++)
        {
            var difference = _points[place * _width + i] - _points[other * _width + i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>How much the rows of a range count together.</summary>
    public double Weight(int start, int end) => _sums is null ? end - start : _sums[end] - _sums[start];

    /// <summary>A place of a range, each as likely as its row's share of the weight.</summary>
    public int Draw(int start, int end, Generator random)
    {
        if (_sums is null)
            return start + (int)random.Below(end - start);
        var sought = _sums[start] + random.Uniform() * (_sums[end] - _sums[start]);
        var (low, high) = (start, end - 1);
        while (low < high) // the first place whose sum lies above: none without weight
        {
            var middle = (low + high) >>> 1;
            if (_sums[middle + 1] > sought)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    // with keys, room for one number a row, the rows are put in order on the way; without, they are sorted
    private void Split(int node, double[] points, double[]? keys, Generator random)
    {
        var (start, end, _) = _nodes[node];
        var (widest, extent) = Bound(node, points, keys is not null);
        if (end - start <= LeafRows || extent == 0)
            return;
        var middle = (start + end) >>> 1;
        if (keys is not null)
        {
            for (var place = start; place < end; place++)
                keys[place] = points[Rows[place] * _width + widest];
            Select(keys.AsSpan(start, end - start), Rows.AsSpan(start, end - start), middle - start, random);
        }

        var children = _nodes.Count;
        _nodes[node] = new(start, end, children);
        _nodes.Add(new(start, middle, 0));
        _nodes.Add(new(middle, end, 0));
        Split(children, points, keys, random);
        Split(children + 1, points, keys, random);
    }

    private (int Widest, double Extent) Bound(int node, double[] points, bool look)
    {
        var (start, end, _) = _nodes[node];
        if (_corners.Length < 2 * _width * (node + 1))
            Array.Resize(ref _corners, 2 * _corners.Length);
        Span<double> low = _corners.AsSpan(2 * _width * node, _width), high = _corners.AsSpan(2 * _width * node + _width, _width);
        var first = look ? Rows[start] : start;
        var last = look ? first : end - 1;
        points.AsSpan(first * _width, _width).CopyTo(low);
        points.AsSpan(last * _width, _width).CopyTo(high);
        for (var place = start + 1; look && place < end; place++)
        {
            var point = points.AsSpan(Rows[place] * _width, _width);
            for (var i = 0; i < point.Length; i++)
                (low[i], high[i]) = (Math.Min(low[i], point[i]), Math.Max(high[i], point[i]));
        }

        var widest = 0;
        for (var i = 1; i < _width; i++)
            if (high[i] - low[i] > high[widest] - low[widest])
                widest = i;
        return (widest, high[widest] - low[widest]);
    }

    /// <summary>Orders keys, and items with them, until the one at a place is where sorting would put it (quickselect of three parts).</summary>
    private static void Select(Span<double> keys, Span<int> items, int place, Generator random)
    {
        var (low, high) = (0, keys.Length - 1);
        while (low < high)
        {
            var pivot = keys[low + (int)random.Below(high - low + 1)];
            var (less, at, more) = (low, low, high);
            while (at <= more)
            {
                if (keys[at] < pivot)
                    Swap(keys, items, less++, at++);
                else if (keys[at] > pivot)
                    Swap(keys, items, at, more--);
                else
                    at++;
            }

            if (place < less)
                high = less - 1;
            else if (place > more)
                low = more + 1;
            else
                return;
        }
    }

    private static void Swap(Span<double> keys, Span<int> items, int one, int other)
    {
        (keys[one], keys[other]) = (keys[other], keys[one]);
        (items[one], items[other]) = (items[other], items[one]);
    }

    private double[] Gathered(double[] points)
    {
        var gathered = new double[points.Length];
        for (var place = 0; place < Rows.Length; place++)
            points.AsSpan(Rows[place] * _width, _width).CopyTo(gathered.AsSpan(place * _width));
        return gathered;
    }
}
