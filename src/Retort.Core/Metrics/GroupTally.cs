namespace Retort;

/// <summary>Weighted sums over the rows of each of several groups: all that rates, means and divergences are made of.</summary>
internal sealed class GroupTally(int groups, int numbers, int classes, int width, int bins)
{
    public int Groups => groups;

    /// <summary>[groups].</summary>
    public double[] Weights { get; } = new double[groups];

    /// <summary>Sums of what is known of each row [groups × numbers].</summary>
    public double[] Numbers { get; } = new double[groups * numbers];

    /// <summary>[groups × classes × classes]: label, then decision.</summary>
    public double[] Decisions { get; } = new double[groups * classes * classes];

    /// <summary>[groups × width × bins].</summary>
    public double[] Bins { get; } = new double[groups * width * bins];

    /// <summary>The sums of larger groups.</summary>
    /// <param name="into">The larger group of each.</param>
    /// <param name="count">How many larger groups there are.</param>
    public GroupTally Into(int[] into, int count)
    {
        var sum = new GroupTally(count, numbers, classes, width, bins);
        Add(Weights, sum.Weights, 1);
        Add(Numbers, sum.Numbers, numbers);
        Add(Decisions, sum.Decisions, classes * classes);
        Add(Bins, sum.Bins, width * bins);
        return sum;

        void Add(double[] from, double[] to, int size)
        {
            for (var group = 0; group < groups; group++)
                TensorPrimitives.Add(to.AsSpan(into[group] * size, size), from.AsSpan(group * size, size), to.AsSpan(into[group] * size, size));
        }
    }

    public double Mean(int group, int number) => Numbers[group * numbers + number] / Weights[group];

    /// <summary>The weight of a group's rows of some label and decision; null for any.</summary>
    public double Weight(int group, int? label, int? decision)
    {
        var sum = 0.0;
        for (var l = label ?? 0; l <= (label ?? classes - 1); l++)
            for (var d = decision ?? 0; d <= (decision ?? classes - 1); d++)
                sum += Decisions[(group * classes + l) * classes + d];
        return sum;
    }

    /// <summary>The Jensen-Shannon divergence between groups' scores, weighted by the groups' weights, in nats; NaN of one cell alone.</summary>
    /// <param name="counts">[groups × width × bins].</param>
    /// <param name="into">The cell of each group.</param>
    /// <param name="cells">How many cells there are.</param>
    /// <param name="width">How many scores a row has.</param>
    /// <param name="score">Which of them.</param>
    /// <param name="bins">How many bins there are.</param>
    public static double Divergence(double[] counts, int[] into, int cells, int width, int score, int bins)
    {
        if (cells < 2)
            return double.NaN;
        var (table, sums, pooled, all) = (new double[cells * bins], new double[cells], new double[bins], 0.0);
        for (var group = 0; group < into.Length; group++)
            for (var bin = 0; bin < bins; bin++)
            {
                var count = counts[(group * width + score) * bins + bin];
                table[into[group] * bins + bin] += count;
                sums[into[group]] += count;
                pooled[bin] += count;
                all += count;
            }

        var divergence = 0.0;
        for (var cell = 0; cell < cells; cell++)
            for (var bin = 0; bin < bins; bin++)
                if (table[cell * bins + bin] is var count && count > 0)
                    divergence += count / all * Math.Log(count * all / (sums[cell] * pooled[bin]));
        return Math.Max(divergence, 0);
    }
}
