namespace Retort;

/// <summary>What a model's scores are, and how they become logits.</summary>
internal static class ScoreKinds
{
    /// <summary>How far from 1 the sum of a row's probabilities may lie.</summary>
    public const float Tolerance = 1e-3f;

    /// <summary>Whether a row's scores are probabilities: one a class, or a single one of two classes.</summary>
    public static bool AreProbabilities(ReadOnlySpan<float> scores)
    {
        var sum = 0f;
        foreach (var score in scores)
            sum += score >= 0 ? score : float.NaN;
        return scores.Length == 1 ? sum <= 1 : Math.Abs(sum - 1) <= Tolerance;
    }

    /// <summary>A row's scores as logits [classes]; a single score is that of the second of two classes.</summary>
    public static void ToLogits(ReadOnlySpan<float> scores, bool areProbabilities, Span<double> logits)
    {
        if (scores.Length == 1)
            (logits[0], logits[1]) = areProbabilities ? (Math.Log(1.0 - scores[0]), Math.Log(scores[0])) : (0, scores[0]);
        else
            for (var i = 0; i < scores.Length; i++)
                logits[i] = areProbabilities ? Math.Log(scores[i]) : scores[i];
    }
}
