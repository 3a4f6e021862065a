namespace Retort;

/// <summary>By what the units of two networks are matched.</summary>
public enum UnitMatching
{
    /// <summary>By their weights, coming in and going out: needs no rows.</summary>
    Weights,

    /// <summary>By the correlation of what leaves their sums on the same rows: activation matching.</summary>
    Outputs,
}
