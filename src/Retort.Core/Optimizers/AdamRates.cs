namespace Retort;

/// <summary>The constants of one step of an Adam.</summary>
internal readonly record struct AdamRates(float Old1, float Fresh1, float Old2, float Fresh2, float Epsilon)
{
    /// <summary>
    /// <c>mHat / (sqrt(vHat) + epsilon) = correction * m / (sqrt(v) + Epsilon)</c>: the corrections for the empty start leave the loop over the weights.
    /// </summary>
    public static AdamRates At(long step, double beta1, double beta2, double epsilon, out double correction)
    {
        var root = Math.Sqrt(1 - Math.Pow(beta2, step));
        correction = root / (1 - Math.Pow(beta1, step));
        return new((float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2), (float)(epsilon * root));
    }
}
