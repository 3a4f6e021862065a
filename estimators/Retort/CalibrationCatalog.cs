using Microsoft.ML;

namespace Retort;

/// <summary>Calibration of any model, on ML.NET's own catalogs.</summary>
public static class CalibrationCatalog
{
    /// <summary>Learns to calibrate a fitted model of two classes, from rows that it has scored and not seen: <c>.Fit(model.Transform(heldOut))</c>.</summary>
    /// <remarks>
    /// Reads the label and, of the model's columns, Probability where there is one, else Score. Adds Probability, Score (the logit of the probability, within ±30) and PredictedLabel (true above one half), which take the place of
    /// the model's. Appended to a chain that is not fitted yet it would learn from the rows that the model was trained on, where nearly every model is too sure of itself: give the whole pipeline instead.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="calibration">What is learned.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="scoreColumnName">The model's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="kind">How the scores are read; by default Probability as probabilities, Score as logits, and other columns as <see cref="ScoreKind.Auto"/> says.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <exception cref="ArgumentException">A setting of the calibration is not allowed.</exception>
    public static BinaryCalibrationTrainer Calibrate(
        this BinaryClassificationCatalog catalog,
        Calibration calibration,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        ScoreKind kind = ScoreKind.Auto,
        string? exampleWeightColumnName = null) =>
        new(HostAccess.Environment(catalog), Check.Given(calibration), new ScoredColumns(labelColumnName, scoreColumnName, exampleWeightColumnName), kind);

    /// <summary>Fits a pipeline of two classes and calibrates it, cross-fitted: no row calibrates a model that has seen it.</summary>
    /// <inheritdoc cref="CrossFittedTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="pipeline">What is calibrated, with its trainer. Not fitted yet.</param>
    /// <param name="calibration">What is learned from its scores.</param>
    /// <param name="folds">How many folds, at least 2; default 5.</param>
    /// <param name="labelColumnName">The label in the pipeline's output, Boolean.</param>
    /// <param name="scoreColumnName">The pipeline's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="kind">How the scores are read; by default Probability as probabilities, Score as logits, and other columns as <see cref="ScoreKind.Auto"/> says.</param>
    /// <param name="exampleWeightColumnName">How much each row counts in the calibration, float of at least 0; by default all count the same.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value here (key, text or integer) stay in one fold; by default every row may go anywhere.</param>
    /// <param name="seed">Decides which row goes where; default the context's.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static CrossFittedTrainer<BinaryCalibrationTransformer> Calibrate(
        this BinaryClassificationCatalog catalog,
        IEstimator<ITransformer> pipeline,
        Calibration calibration,
        int folds = 5,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        ScoreKind kind = ScoreKind.Auto,
        string? exampleWeightColumnName = null,
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        new(pipeline, Calibrate(catalog, calibration, labelColumnName, scoreColumnName, kind, exampleWeightColumnName), folds, samplingKeyColumnName, seed);

    /// <summary>Learns to calibrate a fitted model of several classes, from rows that it has scored and not seen: <c>.Fit(model.Transform(heldOut))</c>.</summary>
    /// <remarks>
    /// Reads the label and the scores, whose classes are matched by their values. Adds Score (a probability a class, with slot names) and PredictedLabel (a key with the label's values), which take the place of the model's.
    /// Appended to a chain that is not fitted yet it would learn from the rows that the model was trained on, where nearly every model is too sure of itself: give the whole pipeline instead.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="calibration">What is learned.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="scoreColumnName">The model's scores, a vector of float with a value a class.</param>
    /// <param name="kind">How the scores are read; default <see cref="ScoreKind.Auto"/>, and the log says what that was.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <exception cref="ArgumentException">A setting of the calibration is not allowed.</exception>
    public static MulticlassCalibrationTrainer Calibrate(
        this MulticlassClassificationCatalog catalog,
        Calibration calibration,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        ScoreKind kind = ScoreKind.Auto,
        string? exampleWeightColumnName = null) =>
        new(HostAccess.Environment(catalog), Check.Given(calibration), new ScoredColumns(labelColumnName, scoreColumnName, exampleWeightColumnName), kind);

    /// <summary>Fits a pipeline of several classes and calibrates it, cross-fitted: no row calibrates a model that has seen it.</summary>
    /// <inheritdoc cref="CrossFittedTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="pipeline">What is calibrated, with its trainer. Not fitted yet.</param>
    /// <param name="calibration">What is learned from its scores.</param>
    /// <param name="folds">How many folds, at least 2; default 5.</param>
    /// <param name="labelColumnName">The label in the pipeline's output, a key.</param>
    /// <param name="scoreColumnName">The pipeline's scores, a vector of float with a value a class.</param>
    /// <param name="kind">How the scores are read; default <see cref="ScoreKind.Auto"/>, and the log says what that was.</param>
    /// <param name="exampleWeightColumnName">How much each row counts in the calibration, float of at least 0; by default all count the same.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value here (key, text or integer) stay in one fold; by default every row may go anywhere.</param>
    /// <param name="seed">Decides which row goes where; default the context's.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static CrossFittedTrainer<MulticlassCalibrationTransformer> Calibrate(
        this MulticlassClassificationCatalog catalog,
        IEstimator<ITransformer> pipeline,
        Calibration calibration,
        int folds = 5,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        ScoreKind kind = ScoreKind.Auto,
        string? exampleWeightColumnName = null,
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        new(pipeline, Calibrate(catalog, calibration, labelColumnName, scoreColumnName, kind, exampleWeightColumnName), folds, samplingKeyColumnName, seed);
}
