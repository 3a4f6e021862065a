using Microsoft.ML;

namespace Retort;

/// <summary>Ordinal regression, on ML.NET's own catalog.</summary>
public static class PrestoCatalog
{
    /// <summary>Trains ordinal regression whose boundaries are shrunk towards each other, for ordered classes of which some are rare.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="presto">What is trained; default: the penalty is chosen by cross-validation.</param>
    /// <param name="labelColumnName">The label, a key of at least three classes whose keys rise with its order.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public static PrestoTrainer Presto(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        Presto? presto = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null) =>
        new(HostAccess.Environment(catalog), presto ?? new Presto(), new NetworkColumns(labelColumnName, featureColumnName, exampleWeightColumnName, [], null));
}
