namespace Retort;

/// <summary>A model's scores of rows whose labels are known, as they stand in the data.</summary>
/// <param name="Column">Where the scores come from.</param>
/// <param name="Scores">[rows × width], row after row.</param>
/// <param name="Labels">Class numbers [rows], in the order of the scores.</param>
/// <param name="Weights">[rows]; null where all count alike.</param>
/// <param name="NotProbabilities">The first row whose scores are no probabilities; -1 where there is none.</param>
internal sealed record ScoredRows(ScoreInput Column, float[] Scores, int[] Labels, double[]? Weights, long NotProbabilities)
{
    public int Count => Labels.Length;

    /// <summary>Of two classes the score of the second, [rows].</summary>
    public IEnumerable<double> Positive => Enumerable.Range(0, Count).Select(row => (double)Scores[row * Column.Width + Column.Width - 1]);
}
