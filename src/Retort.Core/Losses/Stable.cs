namespace Retort;

/// <summary>Functions whose values and gradients stay finite wherever logits go.</summary>
internal static class Stable
{
    /// <summary>Where <see cref="Exp"/> goes on as a straight line.</summary>
    public const double LargestExponent = 20;

    /// <summary><c>ln(1 + exp x)</c>, with the gradient 1/2 at 0.</summary>
    public static Tensor Softplus(Tensor x) => -(-x).log_sigmoid();

    /// <summary><c>exp x</c>, and from <see cref="LargestExponent"/> on its tangent there, so that the gradient never vanishes and never overflows.</summary>
    public static Tensor Exp(Tensor x) => x.clamp_max(LargestExponent).exp() + Math.Exp(LargestExponent) * (x - LargestExponent).relu();

    /// <summary>The least that <see cref="Miss"/> gives: at 0 a root has no slope.</summary>
    public const double LeastMiss = 1e-12;

    /// <summary><c>1 - p</c> from <c>ln p</c> without cancellation.</summary>
    public static Tensor Miss(Tensor logP) => (-logP.expm1()).clamp_min(LeastMiss);

    /// <summary>The mass of the standard normal distribution below a value.</summary>
    public static Tensor NormalBelow(Tensor x) => 0.5 * (-x / Math.Sqrt(2)).erfc();
}
