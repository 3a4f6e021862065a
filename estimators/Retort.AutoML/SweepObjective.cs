namespace Retort;

/// <summary>What a search for recipes makes small, measured on held-out rows.</summary>
public enum SweepObjective
{
    /// <summary>The log-loss, or in regression the root of the mean squared error.</summary>
    Loss,

    /// <summary>The share of wrong decisions. Classification only.</summary>
    Error,

    /// <summary>How far confidence is from accuracy: the expected calibration error of the likeliest class in 15 bins. Classification only.</summary>
    CalibrationError,

    /// <summary>The largest difference of mean scores between groups of the protected columns, intersections where there are several columns.</summary>
    Gap,

    /// <summary>How many weights the network has, which decides size and speed.</summary>
    Weights,
}
