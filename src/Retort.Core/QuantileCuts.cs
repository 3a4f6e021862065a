namespace Retort;

/// <summary>Numbers in bins of about as many rows each. Equal numbers share a bin: each cut lies at that edge of a run of equal numbers which is nearest to the quantile.</summary>
internal static class QuantileCuts
{
    /// <summary>The least number of every bin but the first, rising; fewer than asked for where there are many equal numbers.</summary>
    /// <param name="numbers">At least one, finite.</param>
    /// <param name="bins">How many bins are asked for.</param>
    public static double[] Of(double[] numbers, int bins)
    {
        var sorted = (double[])numbers.Clone();
        Array.Sort(sorted);
        var cuts = new List<double>();
        for (var bin = 1; bin < bins; bin++)
        {
            var place = (int)((long)sorted.Length * bin / bins);
            var (start, end) = (First(number => number >= sorted[place]), First(number => number > sorted[place]));
            var cut = place - start <= end - place ? start : end;
            if (cut > 0 && cut < sorted.Length && (cuts.Count == 0 || sorted[cut] > cuts[^1]))
                cuts.Add(sorted[cut]);
        }

        return [.. cuts];

        int First(Func<double, bool> isPast)
        {
            var (low, high) = (0, sorted.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = isPast(sorted[middle]) ? (low, middle) : (middle + 1, high);
            }

            return low;
        }
    }

    /// <summary>As <see cref="Of"/>, but each number has a bin of its own where there are no more different ones: how numbers of a protected column are grouped, wherever they are.</summary>
    public static double[] Groups(double[] numbers, int groups)
    {
        double[] different = [.. numbers.Distinct().Take(groups + 1)];
        return different.Length > groups ? Of(numbers, groups) : [.. different.Order().Skip(1)];
    }

    /// <summary>The bin of a number.</summary>
    public static int Bin(double[] cuts, double number)
    {
        var (low, high) = (0, cuts.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = cuts[middle] <= number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
