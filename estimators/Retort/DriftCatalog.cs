using Microsoft.ML;

namespace Retort;

/// <summary>Scores of drift, on ML.NET's own catalog.</summary>
public static class DriftCatalog
{
    /// <summary>Adds how far the probabilities of two models, both in the data, are apart.</summary>
    /// <inheritdoc cref="Retort.ScoreDivergence" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">The column that is added, float, in nats; NaN where a row's scores are no probabilities.</param>
    /// <param name="scoreColumnName">One model's probabilities p: a vector of float with a value a class, or of two classes one float, such as Probability.</param>
    /// <param name="otherScoreColumnName">The other model's q, such as a copy made by CopyColumns before the first model was applied. Classes are matched by their names, where both have them.</param>
    /// <param name="divergence">Which divergence; default Jensen and Shannon's.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public static ScoreDivergenceEstimator ScoreDivergence(
        this TransformsCatalog catalog,
        string outputColumnName,
        string scoreColumnName,
        string otherScoreColumnName,
        ScoreDivergence? divergence = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        divergence ??= new();
        divergence.Validate();
        return new(new(outputColumnName, Check.Given(scoreColumnName), Check.Given(otherScoreColumnName), divergence));
    }
}
