namespace Retort;

/// <summary>Which of several networks from one start are averaged, judged on rows that none of them was trained on.</summary>
public abstract record Soup : Part
{
    /// <summary>Whether the rows' protected columns must be known.</summary>
    internal virtual bool NeedsGroups => false;

    /// <summary>The soup.</summary>
    /// <param name="ingredients">The networks' weights, all of one layout.</param>
    /// <param name="context">How weights are judged.</param>
    internal abstract SoupResult Stir(IReadOnlyList<float[]> ingredients, SoupContext context);
}

/// <summary>What a soup knows beside the weights.</summary>
/// <param name="Judge">How good weights are on held-out rows.</param>
/// <param name="Learn">Weights with the best mixture of each layer on held-out rows.</param>
internal sealed record SoupContext(Func<float[], SoupMeasure> Judge, Func<IReadOnlyList<float[]>, LearnedSoup, float[]> Learn);

/// <summary>How good weights are on held-out rows; less is better in all.</summary>
/// <param name="HeldLoss">The log-loss, or the mean squared error.</param>
/// <param name="CalibrationError">The expected calibration error; 0 in regression.</param>
/// <param name="Gap">The largest difference of mean scores between groups; 0 where there are none.</param>
internal sealed record SoupMeasure(double HeldLoss, double CalibrationError = 0, double Gap = 0);

/// <summary>A soup.</summary>
/// <param name="Weights">Its weights.</param>
/// <param name="Kept">For each ingredient whether it is in.</param>
internal sealed record SoupResult(float[] Weights, bool[] Kept);
