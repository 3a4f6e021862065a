namespace Retort;

/// <summary>How well a fitted network does on rows with labels, before any calibration.</summary>
internal static class HeldLoss
{
    /// <summary>The log-loss, or in regression the mean squared error in the label's unit; each row with its weight.</summary>
    /// <param name="network">The network.</param>
    /// <param name="rows">On the CPU, all with a label.</param>
    public static double Of(FittedNetwork network, Dataset rows)
    {
        var plain = network.Calibrator is null ? network : network.With(network.Parameters);
        var answers = JudgingRows.Answers(plain, rows, null);
        return Of(answers);
    }

    /// <summary>The same of answers.</summary>
    public static double Of(FairnessRows answers)
    {
        var (sum, total) = (0.0, 0.0);
        for (var row = 0; row < answers.Count; row++)
        {
            var weight = answers.Weights?[row] ?? 1;
            (sum, total) = (sum + weight * Of(answers, row), total + weight);
        }

        return sum / total;
    }

    /// <summary>The expected calibration error of the likeliest class, in 15 bins of equal width; 0 in regression.</summary>
    public static double CalibrationError(FairnessRows answers)
    {
        if (answers.Task == LearningTask.Regression)
            return 0;
        const int Bins = CalibrationMetrics.BinCount;
        var (gaps, total) = (new double[Bins], 0.0);
        for (var row = 0; row < answers.Count; row++)
        {
            var own = answers.Scores.AsSpan(row * answers.Width, answers.Width);
            var (confidence, top) = answers.Task == LearningTask.Binary ? (Math.Max(own[0], 1 - own[0]), own[0] > 0.5 ? 1 : 0) : (TensorPrimitives.Max<double>(own), TensorPrimitives.IndexOfMax<double>(own));
            var weight = answers.Weights?[row] ?? 1;
            gaps[Math.Min((int)(confidence * Bins), Bins - 1)] += weight * (confidence - (top == answers.Labels![row] ? 1 : 0));
            total += weight;
        }

        return gaps.Sum(Math.Abs) / total;
    }

    /// <summary>The share of rows whose likeliest class is wrong.</summary>
    public static double Error(FairnessRows answers)
    {
        var (wrong, total) = (0.0, 0.0);
        for (var row = 0; row < answers.Count; row++)
        {
            var own = answers.Scores.AsSpan(row * answers.Width, answers.Width);
            var weight = answers.Weights?[row] ?? 1;
            wrong += (answers.Task == LearningTask.Binary ? own[0] > 0.5 ? 1 : 0 : TensorPrimitives.IndexOfMax<double>(own)) == answers.Labels![row] ? 0 : weight;
            total += weight;
        }

        return wrong / total;
    }

    /// <summary>The largest difference of mean scores between groups, of intersections where there are several columns; 0 where there are no two groups to compare.</summary>
    public static double Gap(FairnessRows answers, ProtectedColumns columns)
    {
        var all = FairnessMetrics.Of(answers, columns, new() { Bootstrap = 0, Permutations = 0 });
        var difference = (all.Intersection ?? all.Columns[0]).MeanScoreGap.Difference.Value;
        return double.IsFinite(difference) ? difference : 0;
    }

    private static double Of(FairnessRows answers, int row)
    {
        if (answers.Truth is not null)
            return (answers.Scores[row] - answers.Truth[row]) * (answers.Scores[row] - answers.Truth[row]);
        var score = answers.Task == LearningTask.Binary ? answers.Labels![row] == 1 ? answers.Scores[row] : 1 - answers.Scores[row] : answers.Scores[row * answers.Width + answers.Labels![row]];
        return -Math.Log(Math.Max(score, 1e-15));
    }
}
