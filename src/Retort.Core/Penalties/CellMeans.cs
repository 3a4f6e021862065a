namespace Retort;

/// <summary>Means within the cells of protected columns.</summary>
internal static class CellMeans
{
    /// <summary>The weighted mean of each column in each cell that has weight, [cells, columns].</summary>
    /// <param name="values">[rows, columns].</param>
    /// <param name="protectedColumns">The same rows.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    public static Tensor Of(Tensor values, ProtectedColumns protectedColumns, Tensor? weights)
    {
        var w = WeightedMean.Each(values, weights);
        var mass = zeros(protectedColumns.CellCount, dtype: values.dtype, device: values.device).index_add(0, protectedColumns.Cells, w, 1);
        var sums = zeros([protectedColumns.CellCount, values.shape[1]], dtype: values.dtype, device: values.device).index_add(0, protectedColumns.Cells, w.unsqueeze(1) * values, 1);
        var seen = mass.nonzero().squeeze(1);
        return sums.index_select(0, seen) / mass.index_select(0, seen).unsqueeze(1);
    }

    /// <summary>The largest number of each column, or <c>s ln(mean of exp(m / s))</c>, which lies between it and the mean.</summary>
    public static Tensor Largest(Tensor means, double smoothing) =>
        smoothing > 0 ? smoothing * ((means / smoothing).logsumexp(0L) - Math.Log(means.shape[0])) : means.amax([0L]);

    /// <summary>What each row's prediction costs, [rows]: the negative logarithm of the probability of its class, or the squared error.</summary>
    public static Tensor Costs(Tensor predictions, Targets targets)
    {
        if (targets.AreReal)
            return (predictions - targets.RealValues(predictions)).square().sum(1);
        var probabilities = predictions.shape[1] == 1 ? cat([1 - predictions, predictions], 1) : predictions;
        return -(targets.Distribution(probabilities) * probabilities.clamp_min(1e-7).log()).sum(1);
    }
}
