using System.Runtime.InteropServices;

namespace Retort;

/// <summary>Ranges of rows to draw partners from, for rows whose labels lie in one small box.</summary>
internal sealed class KernelProposals(LabelTree tree)
{
    private const double TrialsOfSplit = 4; // what a split takes, in trials
    private const int SplitsBetweenSums = 32; // after so many, what differences have rounded off is made good

    private readonly List<Range> _ranges = [];
    private readonly PriorityQueue<int, double> _widest = new();
    private double[] _sums = [];
    private double _upper, _lower;

    /// <summary>Chooses ranges so that few trials are needed.</summary>
    /// <param name="box">Where the labels of the rows lie.</param>
    /// <param name="rows">For how many rows partners will be drawn.</param>
    /// <returns>How many trials a row takes at most, on average.</returns>
    public double Prepare(LabelBox box, int rows)
    {
        _ranges.Clear();
        _widest.Clear();
        (_upper, _lower) = (0, 0);
        var (start, end, _) = tree[0];
        Put(box, 0, new(start, end, 0, 0, 0, 0));
        for (var splits = 0; _widest.Count > 0 && !(rows * (_upper - _lower) <= TrialsOfSplit * splits * _lower); splits++)
        {
            Split(box, _widest.Dequeue());
            if (splits % SplitsBetweenSums == 0)
                Sum();
        }

        Sum();
        if (_sums.Length < _ranges.Count)
            _sums = new double[2 * _ranges.Count];
        var sum = 0.0;
        for (var i = 0; i < _ranges.Count; i++)
            _sums[i] = sum += _ranges[i].Upper;
        return _upper == 0 ? 1 : _upper / _lower;
    }

    /// <summary>The place of a partner for the row at a place in the box.</summary>
    public int Draw(int place, Generator random)
    {
        var sums = _sums.AsSpan(0, _ranges.Count);
        var all = sums[^1];
        if (all == 0)
            return place;
        while (true)
        {
            var sought = random.Uniform() * all;
            var (low, high) = (0, sums.Length - 1);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (sums[middle] > sought)
                    high = middle;
                else
                    low = middle + 1;
            }

            var range = _ranges[low];
            var partner = tree.Draw(range.Start, range.End, random);
            var chance = random.Uniform();
            if (chance * range.Upper < range.Lower || chance < Math.Exp((range.Nearest - tree.Square(place, partner)) / 2)) // the first needs no label, and says what the second would
                return partner;
        }
    }

    private void Split(LabelBox box, int index)
    {
        var (start, end, node, _, upper, lower) = _ranges[index];
        (_upper, _lower) = (_upper - upper, _lower - lower);
        if (tree[node].Children is var children && children > 0)
        {
            var middle = tree[children].End;
            Put(box, index, new(start, middle, children, 0, 0, 0));
            Put(box, _ranges.Count, new(middle, end, children + 1, 0, 0, 0));
            return;
        }

        for (var place = start; place < end; place++)
            Put(box, place == start ? index : _ranges.Count, new(place, place + 1, -1, 0, 0, 0));
    }

    private void Put(LabelBox box, int index, Range range)
    {
        var other = range.Node >= 0 ? tree.BoxOf(range.Node) : tree.BoxAt(range.Start);
        var (nearest, weight) = (box.Nearest(other), tree.Weight(range.Start, range.End));
        var upper = weight * Math.Exp(-nearest / 2);
        var lower = weight * Math.Exp(-box.Farthest(other) / 2);
        range = range with { Nearest = nearest, Upper = upper, Lower = lower };
        if (index == _ranges.Count)
            _ranges.Add(range);
        else
            _ranges[index] = range;
        (_upper, _lower) = (_upper + upper, _lower + lower);
        if (range.Node >= 0 && upper > lower && other.Extent > box.Extent / 4) // smaller ones would hardly change what the rows' own box leaves open
            _widest.Enqueue(index, lower - upper);
    }

    private void Sum()
    {
        (_upper, _lower) = (0, 0);
        foreach (ref readonly var range in CollectionsMarshal.AsSpan(_ranges))
            (_upper, _lower) = (_upper + range.Upper, _lower + range.Lower);
    }

    private readonly record struct Range(int Start, int End, int Node, double Nearest, double Upper, double Lower);
}
