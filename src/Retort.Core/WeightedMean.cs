namespace Retort;

/// <summary>The mean over rows that count differently.</summary>
internal static class WeightedMean
{
    /// <summary><c>sum(weight * value) / sum(weight)</c> of values [rows]; 0 where no row has weight.</summary>
    public static Tensor Of(Tensor values, Tensor? weights)
    {
        if (weights is null)
            return values.mean();
        var typed = Typed(values, weights);
        return (typed * values).sum() / typed.sum().clamp_min(1e-30);
    }

    /// <summary>Each row's share of the weight, [rows], of the type of other numbers [rows, ...]; 0 where no row has weight.</summary>
    public static Tensor Shares(Tensor values, Tensor? weights)
    {
        var typed = Each(values, weights);
        return typed / typed.sum().clamp_min(1e-30);
    }

    /// <summary>The weights themselves, [rows], of the type of other numbers [rows, ...]; 1 where all count alike.</summary>
    public static Tensor Each(Tensor values, Tensor? weights) =>
        weights is null ? ones(values.shape[0], dtype: values.dtype, device: values.device) : Typed(values, weights);

    private static Tensor Typed(Tensor values, Tensor weights)
    {
        Check.Shape(weights, $"[{values.shape[0]}], one a row", weights.dim() == 1 && weights.shape[0] == values.shape[0]);
        return weights.to_type(values.dtype);
    }
}
