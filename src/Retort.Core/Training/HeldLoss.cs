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

    private static double Of(FairnessRows answers, int row)
    {
        if (answers.Truth is not null)
            return (answers.Scores[row] - answers.Truth[row]) * (answers.Scores[row] - answers.Truth[row]);
        var score = answers.Task == LearningTask.Binary ? answers.Labels![row] == 1 ? answers.Scores[row] : 1 - answers.Scores[row] : answers.Scores[row * answers.Width + answers.Labels![row]];
        return -Math.Log(Math.Max(score, 1e-15));
    }
}
