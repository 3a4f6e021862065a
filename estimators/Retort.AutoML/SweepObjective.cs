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

    /// <summary>How many microseconds the network takes for a row: the median over passes of a few hundred held-out rows, one at a time on one thread, when a trial is judged. Another run measures others, so that a search for it is not the same in every bit; one that goes on keeps those that it has measured.</summary>
    Latency,
}
