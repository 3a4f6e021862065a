namespace Retort;

/// <summary>How the probabilities s of a student and t of its teacher are compared by <see cref="FDivergence"/>.</summary>
public enum DivergenceForm
{
    /// <summary><c>sum of t ln(t / s)</c>: costs most where the student gives too little to what the teacher thinks possible.</summary>
    ForwardKL,

    /// <summary><c>sum of s ln(s / t)</c>: costs most where the student gives much to what the teacher thinks impossible.</summary>
    ReverseKL,

    /// <summary><c>KL(t || m) / 2 + KL(s || m) / 2</c> with <c>m = (s + t) / 2</c>: at most ln 2, the same with the two exchanged.</summary>
    JensenShannon,

    /// <summary><c>sum of |s - t| / 2</c>: at most 1, the same with the two exchanged.</summary>
    TotalVariation,

    /// <summary><c>(1 - sum of t^a s^(1 - a)) / (a (1 - a))</c> with a = <see cref="FDivergence.Alpha"/>, between the two KL: near 0 the reverse one, near 1 the forward one, at 1/2 the same with the two exchanged.</summary>
    Alpha,
}
