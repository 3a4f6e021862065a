namespace Retort;

/// <summary>How the weight of rows is spread over the classes.</summary>
internal static class ClassShares
{
    /// <summary>The share of the weight that each class has among the targets beside some logits, [classes].</summary>
    public static Tensor Of(Tensor logits, Targets targets, Tensor? weights) =>
        WeightedMean.Shares(logits, weights).unsqueeze(0).mm(targets.Distribution(logits)).squeeze(0).detach();

    /// <summary>The same from class numbers alone, [largest class number + 1], float64.</summary>
    public static Tensor Of(Tensor classes, Tensor? weights) => bincount(classes, WeightedMean.Shares(classes.to(float64), weights));

    /// <summary>As many shares as there are classes: those that never occurred have none.</summary>
    public static Tensor Padded(Tensor shares, Tensor logits)
    {
        var all = zeros(logits.shape[1], dtype: logits.dtype, device: logits.device);
        all.narrow(0, 0, shares.shape[0]).copy_(shares);
        return all;
    }
}
