namespace Retort;

/// <summary>How well scores put the rows of class 1 above those of class 0.</summary>
internal static class ScoreOrder
{
    /// <summary>The share of pairs, by weight, of a row of each class that is in the wrong order, a tie being half wrong: 1 - AUC. 1/2 where a class is absent. In n log n.</summary>
    public static Tensor WrongShare(Tensor logits, Targets targets, Tensor? weights)
    {
        Check.Shape(logits, "[rows, 2]", logits.dim() == 2 && logits.shape[1] == 2);
        var scores = Numbers(logits.select(1, 1) - logits.select(1, 0));
        var positive = Numbers(targets.Distribution(logits).select(1, 1));
        var weight = Numbers(WeightedMean.Each(logits, weights));
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort(scores.ToArray(), order);

        var (wrong, positives, negatives) = (0.0, 0.0, 0.0);
        for (var start = 0; start < order.Length;)
        {
            var end = start;
            var (p, n) = (0.0, 0.0);
            for (; end < order.Length && scores[order[end]] == scores[order[start]]; end++)
            {
                p += weight[order[end]] * positive[order[end]];
                n += weight[order[end]] * (1 - positive[order[end]]);
            }

            wrong += n * (positives + p / 2);
            (positives, negatives) = (positives + p, negatives + n);
            start = Math.Max(end, start + 1); // a score that is NaN equals nothing
        }

        var share = positives > 0 && negatives > 0 ? wrong / (positives * negatives) : 0.5;
        return tensor(share, dtype: logits.dtype, device: logits.device);
    }

    private static double[] Numbers(Tensor values) => Memory.Of<double>(values.detach().to(float64).cpu().contiguous()).ToArray();
}
