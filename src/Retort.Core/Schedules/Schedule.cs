namespace Retort;

/// <summary>How the learning rate changes over a run.</summary>
public abstract record Schedule : Part
{
    /// <summary>What the learning rate is multiplied with.</summary>
    /// <param name="progress">The share of the planned run that is done, in [0, 1].</param>
    public abstract double Factor(double progress);
}
