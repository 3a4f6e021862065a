using System.Globalization;

namespace Retort;

/// <summary>A number measured on rows, with the interval that other rows of the same kind could have given.</summary>
/// <remarks>
/// The interval is a percentile interval of the bootstrap: the rows are drawn anew, with replacement, many times. It is moved by the bias that the draws show against the value itself, since
/// numbers such as the calibration error grow with every noise, that of drawing included. NaN at both ends where no interval was asked for.
/// </remarks>
/// <param name="Value">What the rows give.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct Estimate(double Value, double Low, double High)
{
    /// <summary>Such as <c>0.031 [0.024, 0.039]</c>, the same in every culture.</summary>
    public override string ToString() => double.IsNaN(Low)
        ? Value.ToString("G4", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Value:G4} [{Low:G4}, {High:G4}]");
}
