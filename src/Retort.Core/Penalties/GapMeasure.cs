namespace Retort;

/// <summary>How the differences between cells become one number.</summary>
public enum GapMeasure
{
    /// <summary>The mean over cells of the squared difference from the mean of all cells: every cell counts alike, and differences that are gone push no more.</summary>
    Squared,

    /// <summary>The largest less the smallest of all cells.</summary>
    Largest,
}
