namespace Retort;

/// <summary>Where the getters of score columns find the current row's outputs: probabilities, a logit or a value.</summary>
internal abstract class ScoreSource
{
    /// <summary>[outputs]; valid until the row moves.</summary>
    public abstract ReadOnlySpan<float> Current { get; }
}
