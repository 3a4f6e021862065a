namespace Retort;

/// <summary>How fairness is measured.</summary>
internal sealed record FairnessSettings
{
    public const int MostBins = 200;

    /// <summary>Whether the groups that several columns make together are measured too.</summary>
    public bool Intersections { get; init; } = true;

    /// <summary>Into how many groups of about the same size numbers are cut.</summary>
    public int QuantileGroups { get; init; } = 5;

    /// <summary>Groups of fewer rows are small.</summary>
    public int MinimumCount { get; init; } = 50;

    /// <summary>In how many bins the divergence sees scores.</summary>
    public int Bins { get; init; } = 10;

    /// <summary>How often scores are dealt anew to the rows; 0 for no floors and p-values.</summary>
    public int Permutations { get; init; } = 200;

    /// <summary>How many resamples make the intervals; 0 for none.</summary>
    public int Bootstrap { get; init; } = 1000;

    /// <summary>The share of the draws within an interval.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Where all draws begin.</summary>
    public int Seed { get; init; } = 1;

    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public void Validate()
    {
        Check.InRange(QuantileGroups, 2, 100, "The number of quantile groups");
        Check.AtLeast(MinimumCount, 1, "The minimum count of a group");
        Check.InRange(Bins, 2, MostBins, "The number of bins");
        Check.AtLeast(Permutations, 0, "The number of permutations");
        new Bootstrap(Bootstrap, 0, Confidence).Validate();
    }
}
