namespace Retort;

/// <summary>How the scores of another model are to be read.</summary>
public enum ScoreKind
{
    /// <summary>As probabilities where every row is non-negative and sums to 1 within 0.001, else as logits. The log says which.</summary>
    Auto,

    /// <summary>As probabilities; other values are refused.</summary>
    Probabilities,

    /// <summary>As logits: their softmax, or sigmoid, gives the probabilities.</summary>
    Logits,
}
