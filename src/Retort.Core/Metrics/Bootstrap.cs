namespace Retort;

/// <summary>Intervals by drawing rows anew: a draw is a number of times for each row, so that whatever was sorted stays sorted.</summary>
/// <param name="Resamples">How many draws; 0 for no intervals.</param>
/// <param name="Seed">Where the draws begin.</param>
/// <param name="Confidence">The share of the draws within an interval; in (0, 1).</param>
internal readonly record struct Bootstrap(int Resamples, ulong Seed, double Confidence)
{
    public void Validate()
    {
        Check.AtLeast(Resamples, 0, "The number of bootstrap resamples");
        Check.InRange(Confidence, 1e-6, 1 - 1e-6, "The confidence of an interval");
    }

    /// <summary>Each of several numbers with its interval.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="strata">A number from 0 for each row, within which rows are drawn; null to draw from all.</param>
    /// <param name="weights">How much each row counts; null where all count alike.</param>
    /// <param name="measure">From the rows' weights to the numbers; NaN where one cannot be had.</param>
    public Estimate[] Of(int rows, int[]? strata, double[]? weights, Func<double[]?, double[]> measure)
    {
        var values = measure(weights);
        var draws = new double[values.Length][];
        for (var i = 0; i < draws.Length; i++)
            draws[i] = new double[Resamples];
        var random = new Generator(Seed);
        var drawn = new double[rows];
        var (members, starts) = Strata(rows, strata);
        for (var resample = 0; resample < Resamples; resample++)
        {
            Draw(random, members, starts, drawn);
            if (weights is not null)
                TensorPrimitives.Multiply(drawn, weights, drawn);
            var measured = measure(drawn);
            for (var i = 0; i < draws.Length; i++)
                draws[i][resample] = measured[i];
        }

        var confidence = Confidence;
        return [.. values.Select((value, i) => Interval(value, draws[i], confidence))];
    }

    /// <summary>How often each row is drawn, drawing as many as there are.</summary>
    public static void Draw(Generator random, int[] members, int[] starts, double[] drawn)
    {
        Array.Clear(drawn);
        for (var stratum = 0; stratum + 1 < starts.Length; stratum++)
        {
            var (start, size) = (starts[stratum], starts[stratum + 1] - starts[stratum]);
            for (var i = 0; i < size; i++)
                drawn[members[start + (int)random.Below(size)]]++;
        }
    }

    /// <summary>The rows, stratum after stratum, and where each begins.</summary>
    public static (int[] Members, int[] Starts) Strata(int rows, int[]? strata)
    {
        var members = new int[rows];
        for (var i = 0; i < rows; i++)
            members[i] = i;
        if (strata is null)
            return (members, [0, rows]);
        Array.Sort((int[])strata.Clone(), members);
        var starts = new List<int> { 0 };
        for (var i = 1; i < rows; i++)
            if (strata[members[i]] != strata[members[i - 1]])
                starts.Add(i);
        starts.Add(rows);
        return (members, [.. starts]);
    }

    private static Estimate Interval(double value, double[] draws, double confidence)
    {
        double[] sorted = [.. draws.Where(double.IsFinite).Order()];
        if (sorted.Length == 0 || !double.IsFinite(value))
            return new(value, double.NaN, double.NaN);
        var shift = value - sorted.Average();
        return new(value, At((1 - confidence) / 2) + shift, At((1 + confidence) / 2) + shift);

        double At(double share)
        {
            var place = share * (sorted.Length - 1);
            var below = (int)place;
            var above = Math.Min(below + 1, sorted.Length - 1);
            return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
        }
    }
}
