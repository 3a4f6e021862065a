namespace Retort;

/// <summary>What the gaps of one view are on average where rows are dealt to groups by chance.</summary>
internal sealed class GapChance(GroupView view, FairnessRows rows)
{
    private double[] _sums = [];
    private int[] _counts = [];

    /// <summary>Hears the sums within the cells of one permutation.</summary>
    public void Add(GroupTally cells)
    {
        var (gaps, classGaps) = new FairnessGaps(view, cells.Into(view.Of, view.Groups), rows, (value, _, _) => new(value, double.NaN, double.NaN)).All();
        (_sums, _counts) = _sums.Length == 0 ? (new double[gaps.Length + classGaps.Length], new int[gaps.Length + classGaps.Length]) : (_sums, _counts);
        foreach (var (gap, i) in gaps.Concat(classGaps).Select((gap, i) => (gap, i)))
            if (double.IsFinite(gap.Difference.Value))
                (_sums[i], _counts[i]) = (_sums[i] + gap.Difference.Value, _counts[i] + 1);
    }

    /// <summary>Gaps with their floors.</summary>
    /// <param name="gaps">All gaps of the view, or those of its classes.</param>
    /// <param name="first">Where the first of them stands among all.</param>
    public FairnessGap[] Floored(FairnessGap[] gaps, int first) =>
        [.. gaps.Select((gap, i) => gap with { Floor = first + i < _sums.Length && _counts[first + i] > 0 && double.IsFinite(gap.Difference.Value) ? _sums[first + i] / _counts[first + i] : double.NaN })];
}
