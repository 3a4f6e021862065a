using Microsoft.ML;

namespace Retort;

/// <summary>Adds how far two models' probabilities of a row are apart. There is nothing to learn.</summary>
public sealed class ScoreDivergenceEstimator : IEstimator<ScoreDivergenceTransformer>
{
    private readonly ScoreDivergenceTransformer _transformer;

    internal ScoreDivergenceEstimator(ScoreDivergenceTransformer transformer) => _transformer = transformer;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or the two have other classes.</exception>
    public ScoreDivergenceTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Shapes.WithDivergence(inputSchema, _transformer.ScoreColumnName, _transformer.OtherScoreColumnName, _transformer.OutputColumnName);
    }
}
