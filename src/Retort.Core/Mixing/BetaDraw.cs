namespace Retort;

/// <summary>Draws from beta distributions.</summary>
internal static class BetaDraw
{
    /// <summary>A number in [0, 1] from Beta(alpha, alpha); 1 where alpha is 0, the limit in which one of two rows stays as it is.</summary>
    /// <param name="alpha">At least 0.</param>
    /// <param name="random">What is drawn from.</param>
    public static double Of(double alpha, Generator random) => alpha == 0 ? 1 : Of(alpha, alpha, random);

    /// <summary>A number in [0, 1] from Beta(a, b), the share of one gamma variate in the sum of two; by their logarithms, since both may be too small for a number.</summary>
    /// <param name="a">More than 0.</param>
    /// <param name="b">More than 0.</param>
    /// <param name="random">What is drawn from.</param>
    public static double Of(double a, double b, Generator random)
    {
        var first = LogGamma(a, random);
        return 1 / (1 + Math.Exp(LogGamma(b, random) - first));
    }

    /// <summary>The logarithm of a draw from the gamma distribution.</summary>
    /// <remarks>Source: Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, 2000, sec. 6; below 1 by <c>gamma(shape) = gamma(shape + 1) U^(1 / shape)</c>.</remarks>
    private static double LogGamma(double shape, Generator random)
    {
        if (shape < 1)
            return LogGamma(shape + 1, random) + Math.Log(1 - random.Uniform()) / shape;
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = random.Normal();
            var v = 1 + c * normal;
            if (v <= 0)
                continue;
            v *= v * v;
            if (Math.Log(1 - random.Uniform()) < 0.5 * normal * normal + d - d * v + d * Math.Log(v))
                return Math.Log(d) + Math.Log(v);
        }
    }
}
