using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Measures of how differently any model treats the groups of protected columns, on ML.NET's context.</summary>
public static class FairnessCatalog
{
    /// <summary>Measures the gaps between the groups of protected columns, and how much scores depend on them, each with a bootstrap interval.</summary>
    /// <remarks>
    /// The label's type says what the task is: Boolean two classes, a key several, Single regression. Protected columns may be keys, texts, Booleans and integers, each value a group; or Single or Double, in groups of about the same size between
    /// quantiles (each number a group where there are no more different ones), which the distance covariance sees as they are. Rows without a protected value are the group <c>(missing)</c>. Rows without a label are left out, and the log
    /// says how many; it also says what <see cref="FairnessMetrics.Notes"/> say. Scores must be finite.
    /// Two classes are decided by PredictedLabel where there is one, else by a probability above 0.5 or another score above 0; several by PredictedLabel, else by the largest score. Several classes are compared one against the rest, and
    /// each gap is the worst over the classes.
    /// </remarks>
    /// <param name="ml">The context.</param>
    /// <param name="data">Rows that the model has scored and not seen, with the protected columns.</param>
    /// <param name="protectedColumnNames">The protected columns, at least one.</param>
    /// <param name="intersections">Whether the groups that all of them make together are measured too; default true.</param>
    /// <param name="labelColumnName">The label.</param>
    /// <param name="scoreColumnName">The model's score: float, or a vector with a value a class. With the default name, the Probability of two classes is read in its place where there is one.</param>
    /// <param name="probabilityColumnName">The probability of two classes, where it has another name.</param>
    /// <param name="predictedLabelColumnName">The model's decision; by default PredictedLabel, where the score has its default name too and there is one.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="minimumCount">Groups of fewer rows are left out of gaps and are one cell in the divergence; they stay in the lists, marked. At least 1; default 50.</param>
    /// <param name="quantileGroups">Into how many groups a column of numbers is cut. In [2, 100]; default 5, as in training.</param>
    /// <param name="bins">In how many bins, of about as many rows each, the divergence sees the scores. In [2, 200]; default 10.</param>
    /// <param name="permutations">How often scores are dealt anew to the rows for floors and p-values, 0 for none; default 200.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="confidence">The share of them within an interval, in (0, 1); default 0.95.</param>
    /// <param name="seed">Where all draws begin: the same seed gives the same numbers to the bit.</param>
    /// <exception cref="ArgumentException">A column is missing, of the wrong type, or holds what cannot be measured.</exception>
    public static FairnessMetrics EvaluateFairness(
        this MLContext ml,
        IDataView data,
        IReadOnlyList<string> protectedColumnNames,
        bool intersections = true,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? probabilityColumnName = null,
        string? predictedLabelColumnName = null,
        string? exampleWeightColumnName = null,
        int minimumCount = 50,
        int quantileGroups = 5,
        int bins = 10,
        int permutations = 200,
        int bootstrap = 1000,
        double confidence = 0.95,
        int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(protectedColumnNames);
        var settings = new FairnessSettings
        {
            Intersections = intersections,
            MinimumCount = minimumCount,
            QuantileGroups = quantileGroups,
            Bins = bins,
            Permutations = permutations,
            Bootstrap = bootstrap,
            Confidence = confidence,
            Seed = seed,
        };
        settings.Validate();
        var columns = new FairnessColumns(labelColumnName, scoreColumnName, probabilityColumnName, predictedLabelColumnName, exampleWeightColumnName, protectedColumnNames);
        var host = ((IHostEnvironment)ml).Register("Fairness");
        using var channel = host.Start("Fairness");
        var (rows, groups) = new FairnessReader(columns, channel, () => HostAccess.CheckCanceled(host)).Read(data, quantileGroups);
        var metrics = FairnessMetrics.Of(rows, groups, settings);
        foreach (var note in metrics.Notes)
            channel.Warning(MessageSensitivity.Schema, "{0}", note);
        return metrics;
    }
}
