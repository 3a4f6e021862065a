namespace Retort;

/// <summary>What a model said of rows whose truth is known.</summary>
/// <param name="Task">What was predicted.</param>
/// <param name="Scores">[rows × width], row after row: of two classes the score of the second, of several that of each, or the predicted value.</param>
/// <param name="Width">How many scores a row has.</param>
/// <param name="Labels">Class numbers [rows]; null for regression.</param>
/// <param name="Decisions">The classes that were decided for [rows]; null for regression.</param>
/// <param name="Truth">True values [rows]; null for classes.</param>
/// <param name="Classes">What the classes are called that rates are of: the second of two, or all.</param>
/// <param name="Weights">How much each row counts; null where all count alike.</param>
/// <param name="AreProbabilities">Whether there is a log-loss.</param>
internal sealed record FairnessRows(
    LearningTask Task, double[] Scores, int Width, int[]? Labels, int[]? Decisions, double[]? Truth, IReadOnlyList<string> Classes, double[]? Weights, bool AreProbabilities)
{
    public int Count => (Labels?.Length ?? Truth?.Length)!.Value;

    /// <summary>How many classes labels and decisions tell apart.</summary>
    public int ClassCount => Task switch { LearningTask.Binary => 2, LearningTask.Multiclass => Width, _ => 0 };

    /// <summary>Scores of the second of two classes.</summary>
    /// <param name="scores">[rows].</param>
    /// <param name="labels">0 or 1 [rows].</param>
    /// <param name="decisions">0 or 1 [rows]; null for 1 where a probability is above 0.5, or another score above 0.</param>
    /// <param name="weights">[rows]; null where all count alike.</param>
    /// <param name="areProbabilities">Whether the scores are probabilities.</param>
    /// <param name="positive">What the second class is called.</param>
    public static FairnessRows Binary(double[] scores, int[] labels, int[]? decisions = null, double[]? weights = null, bool areProbabilities = true, string positive = "True")
    {
        var bound = areProbabilities ? 0.5 : 0;
        return new(LearningTask.Binary, scores, 1, labels, decisions ?? [.. scores.Select(score => score > bound ? 1 : 0)], null, [positive], weights, areProbabilities);
    }

    /// <summary>Scores of several classes.</summary>
    /// <param name="scores">[rows × classes].</param>
    /// <param name="labels">Class numbers [rows].</param>
    /// <param name="classes">What the classes are called.</param>
    /// <param name="decisions">Class numbers [rows]; null for the class with the largest score, the first of equals.</param>
    /// <param name="weights">[rows]; null where all count alike.</param>
    /// <param name="areProbabilities">Whether the scores are probabilities.</param>
    public static FairnessRows Multiclass(double[] scores, int[] labels, IReadOnlyList<string> classes, int[]? decisions = null, double[]? weights = null, bool areProbabilities = true)
    {
        var width = classes.Count;
        return new(LearningTask.Multiclass, scores, width, labels, decisions ?? [.. Enumerable.Range(0, labels.Length).Select(Top)], null, classes, weights, areProbabilities);

        int Top(int row) => TensorPrimitives.IndexOfMax<double>(scores.AsSpan(row * width, width));
    }

    /// <summary>Predicted values.</summary>
    public static FairnessRows Regression(double[] predictions, double[] truth, double[]? weights = null) =>
        new(LearningTask.Regression, predictions, 1, null, null, truth, [], weights, false);

    /// <exception cref="ArgumentException">There are no rows, a number is not what it must be, or the sizes do not fit.</exception>
    public void Validate()
    {
        Check.AtLeast(Count, 1, "The number of rows to measure");
        if (Task == LearningTask.Multiclass)
            Check.AtLeast(Width, 2, "The number of classes");
        if (Scores.Length != (long)Count * Width)
            throw Check.Wrong("The number of scores", $"be {(long)Count * Width}, {Width} a row", $"{Scores.Length}");
        for (var i = 0; i < Scores.Length; i++)
        {
            if (!double.IsFinite(Scores[i]))
                throw Check.Wrong($"The score of row {i / Width}", "be finite", Check.Text(Scores[i]));
            if (AreProbabilities && !(Scores[i] >= 0 && Scores[i] <= 1 + 1e-6))
                Check.InRange(Scores[i], 0, 1 + 1e-6, $"The probability of row {i / Width}");
        }

        foreach (var (numbers, name) in new[] { (Labels, "label"), (Decisions, "decision") })
        {
            if (numbers is null)
                continue;
            if (numbers.Length != Count)
                throw Check.Wrong($"The number of {name}s", $"be {Count}, one a row", $"{numbers.Length}");
            for (var row = 0; row < Count; row++)
                if ((uint)numbers[row] >= ClassCount)
                    Check.InRange(numbers[row], 0, ClassCount - 1, $"The {name} of row {row}");
        }

        for (var row = 0; row < (Truth?.Length ?? 0); row++)
            if (!double.IsFinite(Truth![row]))
                throw Check.Wrong($"The label of row {row}", "be finite", Check.Text(Truth[row]));
        CalibrationMeter.CheckWeights(Weights, Count);
    }
}
