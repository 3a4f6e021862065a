namespace Retort;

/// <summary>Which rows of a batch count more, by their losses h, spread over [-Delta, Delta].</summary>
public enum ReweightingStrategy
{
    /// <summary>Those with a large loss, the upper half alike: <c>min(h + Delta, Delta)</c>.</summary>
    LinUpper,

    /// <summary>Those with a middling loss: <c>1 - h^2 / Delta^2</c>.</summary>
    Quadratic,

    /// <summary>Those with a small or a large loss: <c>|h|</c>.</summary>
    Extremes,
}
