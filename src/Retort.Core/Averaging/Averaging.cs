namespace Retort;

/// <summary>How the weights of one run are averaged. The averaged weights are what is validated and kept; training goes on with its own.</summary>
public abstract record Averaging : Part
{
    /// <summary>The share of the run before which nothing is averaged; patience counts from there.</summary>
    internal virtual double Begin => 0;

    /// <summary>The progress that the schedule is asked for.</summary>
    internal virtual double Held(double progress) => progress;

    /// <summary>The memory of a run that begins with these weights.</summary>
    internal abstract WeightAverage Start(Tensor weights);
}
