namespace Retort;

/// <summary>A box that labels lie in; one label where its corners are the same.</summary>
internal readonly ref struct LabelBox(ReadOnlySpan<double> low, ReadOnlySpan<double> high)
{
    private readonly ReadOnlySpan<double> _low = low, _high = high;

    /// <summary>The squared length of the longest line within.</summary>
    public double Extent => Farthest(this);

    /// <summary>The least squared distance of a label in one and a label in the other.</summary>
    public double Nearest(LabelBox other)
    {
        var sum = 0.0;
        for (var i = 0; i < _low.Length; i++)
        {
            var gap = Math.Max(0, Math.Max(other._low[i] - _high[i], _low[i] - other._high[i]));
            sum += gap * gap;
        }

        return sum;
    }

    /// <summary>The largest squared distance of a label in one and a label in the other.</summary>
    public double Farthest(LabelBox other)
    {
        var sum = 0.0;
        for (var i = 0; i < _low.Length; i++)
        {
            var reach = Math.Max(other._high[i] - _low[i], _high[i] - other._low[i]);
            sum += reach * reach;
        }

        return sum;
    }
}
