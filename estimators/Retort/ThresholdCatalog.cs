using Microsoft.ML;

namespace Retort;

/// <summary>Thresholds of models of two classes, on ML.NET's own catalog.</summary>
public static class ThresholdCatalog
{
    /// <summary>Learns above which score a fitted model says true, from rows that it has scored and not seen: <c>.Fit(model.Transform(heldOut))</c>.</summary>
    /// <remarks>
    /// The threshold with the best <c>F = (1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)</c> on these rows; of equally good ones the highest. It lies in the middle between two scores. Reads the label and, of the model's
    /// columns, Probability where there is one, else Score. Adds PredictedLabel, which takes the place of the model's; Score and Probability stay.
    /// On the rows that chose it F-beta looks better than it is: measure on others, with <see cref="EvaluationCatalog.EvaluateThreshold"/>. ML.NET's own Evaluate decides by the sign of Score, whatever PredictedLabel says.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="beta">How many times as much recall counts as precision; more than 0, default 1.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="scoreColumnName">The model's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <exception cref="ArgumentException"><paramref name="beta"/> is not positive.</exception>
    public static ThresholdTrainer TuneThreshold(
        this BinaryClassificationCatalog catalog,
        double beta = 1,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null) =>
        new(HostAccess.Environment(catalog), beta, new ScoredColumns(labelColumnName, scoreColumnName, exampleWeightColumnName));

    /// <summary>Fits a pipeline of two classes and learns its threshold, cross-fitted: no row says where a model that has seen it should decide.</summary>
    /// <inheritdoc cref="CrossFittedTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="pipeline">What the threshold is for, with its trainer. Not fitted yet.</param>
    /// <param name="beta">How many times as much recall counts as precision; more than 0, default 1.</param>
    /// <param name="folds">How many folds, at least 2; default 5.</param>
    /// <param name="labelColumnName">The label in the pipeline's output, Boolean.</param>
    /// <param name="scoreColumnName">The pipeline's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value here (key, text or integer) stay in one fold; by default every row may go anywhere.</param>
    /// <param name="seed">Decides which row goes where; default the context's.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static CrossFittedTrainer<ThresholdTransformer> TuneThreshold(
        this BinaryClassificationCatalog catalog,
        IEstimator<ITransformer> pipeline,
        double beta = 1,
        int folds = 5,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null,
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        new(pipeline, TuneThreshold(catalog, beta, labelColumnName, scoreColumnName, exampleWeightColumnName), folds, samplingKeyColumnName, seed);
}
