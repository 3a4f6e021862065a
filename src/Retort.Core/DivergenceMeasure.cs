namespace Retort;

/// <summary>How far the probabilities q of one model are from those p of another.</summary>
public enum DivergenceMeasure
{
    /// <summary><c>KL(p || m) / 2 + KL(q || m) / 2</c> with <c>m = (p + q) / 2</c>: at most ln 2, the same with the two exchanged.</summary>
    JensenShannon,

    /// <summary><c>KL(p || q) = sum of p ln(p / q)</c>: infinite where q thinks impossible what p does not.</summary>
    KullbackLeibler,
}
