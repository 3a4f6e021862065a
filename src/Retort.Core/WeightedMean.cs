namespace Retort;

/// <summary>The mean over rows that count differently.</summary>
internal static class WeightedMean
{
    /// <summary><c>sum(weight * value) / sum(weight)</c> of values [rows]; 0 where no row has weight.</summary>
    public static Tensor Of(Tensor values, Tensor? weights)
    {
        if (weights is null)
            return values.mean();
        Check.Shape(weights, $"[{values.shape[0]}], one a row", weights.dim() == 1 && weights.shape[0] == values.shape[0]);
        var typed = weights.to_type(values.dtype);
        return (typed * values).sum() / typed.sum().clamp_min(1e-30);
    }
}
