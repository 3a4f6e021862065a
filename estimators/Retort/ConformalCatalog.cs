using Microsoft.ML;

namespace Retort;

/// <summary>Sets and intervals that hold the truth as often as promised, after any model, on ML.NET's own catalogs.</summary>
public static class ConformalCatalog
{
    /// <summary>Learns sets of the two classes behind a fitted model, from rows that it has scored and not seen: <c>.Fit(model.Transform(heldOut))</c>.</summary>
    /// <remarks>
    /// Reads the label and, of the model's columns, Probability where there is one, else Score. Adds PredictionSet (Boolean, a slot each for false and true: whether the class may be the true one) and SetSize (how many may).
    /// The promise holds on average over rows that could as well stand in any other order with those that were learned from.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="sets">What is promised, and how sets are made; default: 90 % with the smallest sets.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="scoreColumnName">The model's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="kind">How the scores are read; by default Probability as probabilities, Score as logits, and other columns as <see cref="ScoreKind.Auto"/> says.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static PredictionSetTrainer Conformal(
        this BinaryClassificationCatalog catalog, ConformalSets? sets = null, string labelColumnName = "Label", string scoreColumnName = "Score", ScoreKind kind = ScoreKind.Auto) =>
        new(HostAccess.Environment(catalog), LearningTask.Binary, sets ?? new(), new ScoredColumns(labelColumnName, scoreColumnName, null), kind);

    /// <summary>Learns sets of classes behind a fitted model, from rows that it has scored and not seen: <c>.Fit(model.Transform(heldOut))</c>.</summary>
    /// <remarks>
    /// Reads the label and the scores, whose classes are matched by their values. Adds PredictionSet (Boolean, with a slot a class and its name: whether the class may be the true one) and SetSize (how many may).
    /// The promise holds on average over rows that could as well stand in any other order with those that were learned from.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="sets">What is promised, and how sets are made; default: 90 % with the smallest sets.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="scoreColumnName">The model's scores, a vector of float with a value a class.</param>
    /// <param name="kind">How the scores are read; default <see cref="ScoreKind.Auto"/>, and the log says what that was.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static PredictionSetTrainer Conformal(
        this MulticlassClassificationCatalog catalog, ConformalSets? sets = null, string labelColumnName = "Label", string scoreColumnName = "Score", ScoreKind kind = ScoreKind.Auto) =>
        new(HostAccess.Environment(catalog), LearningTask.Multiclass, sets ?? new(), new ScoredColumns(labelColumnName, scoreColumnName, null), kind);

    /// <summary>Fits a pipeline of several classes and learns sets behind it, cross-fitted: no row says what a model that has seen it should let in.</summary>
    /// <remarks>
    /// As <see cref="CrossFittedTrainer{TTransformer}"/> says. Every row both trains and calibrates, but the promise is then only approximate: it rests on the models of the folds being like that of all rows, which has seen more and is mostly better.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="pipeline">What the sets are for, with its trainer. Not fitted yet.</param>
    /// <param name="sets">What is promised, and how sets are made; default: 90 % with the smallest sets.</param>
    /// <param name="folds">How many folds, at least 2; default 5.</param>
    /// <param name="labelColumnName">The label in the pipeline's output, a key.</param>
    /// <param name="scoreColumnName">The pipeline's scores, a vector of float with a value a class.</param>
    /// <param name="kind">How the scores are read; default <see cref="ScoreKind.Auto"/>, and the log says what that was.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value here (key, text or integer) stay in one fold; by default every row may go anywhere.</param>
    /// <param name="seed">Decides which row goes where; default the context's.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static CrossFittedTrainer<PredictionSetTransformer> Conformal(
        this MulticlassClassificationCatalog catalog,
        IEstimator<ITransformer> pipeline,
        ConformalSets? sets = null,
        int folds = 5,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        ScoreKind kind = ScoreKind.Auto,
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        new(pipeline, Conformal(catalog, sets, labelColumnName, scoreColumnName, kind), folds, samplingKeyColumnName, seed);

    /// <summary>Learns intervals behind a fitted regression model, from rows that it has scored and not seen: <c>.Fit(model.Transform(heldOut))</c>.</summary>
    /// <remarks>
    /// Reads the label and, where the model has them, its quantiles: of those the two whose levels are nearest to the ends of the interval, which are then moved by what the rows say. Else the score, around which all intervals are
    /// equally wide. Adds Lower and Upper.
    /// The promise holds on average over rows that could as well stand in any other order with those that were learned from.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="intervals">What is promised; default: 90 %.</param>
    /// <param name="labelColumnName">The true value, float.</param>
    /// <param name="scoreColumnName">The model's prediction, float.</param>
    /// <param name="quantilesColumnName">The model's quantiles, a vector of float whose slots are named by their levels; the score is used where there is no such column, or where this is null.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static PredictionIntervalTrainer Conformal(
        this RegressionCatalog catalog, ConformalIntervals? intervals = null, string labelColumnName = "Label", string scoreColumnName = "Score", string? quantilesColumnName = "Quantiles") =>
        new(HostAccess.Environment(catalog), intervals ?? new(), new ScoredColumns(labelColumnName, scoreColumnName, null), quantilesColumnName);

    /// <summary>Fits a regression pipeline and learns intervals behind it, cross-fitted: no row says how wrong a model that has seen it is.</summary>
    /// <remarks>
    /// As <see cref="CrossFittedTrainer{TTransformer}"/> says. Every row both trains and calibrates, but the promise is then only approximate: it rests on the models of the folds being like that of all rows, which has seen more and is mostly better.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="pipeline">What the intervals are for, with its trainer. Not fitted yet.</param>
    /// <param name="intervals">What is promised; default: 90 %.</param>
    /// <param name="folds">How many folds, at least 2; default 5.</param>
    /// <param name="labelColumnName">The true value in the pipeline's output, float.</param>
    /// <param name="scoreColumnName">The pipeline's prediction, float.</param>
    /// <param name="quantilesColumnName">The pipeline's quantiles, a vector of float whose slots are named by their levels; the score is used where there is no such column, or where this is null.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value here (key, text or integer) stay in one fold; by default every row may go anywhere.</param>
    /// <param name="seed">Decides which row goes where; default the context's.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static CrossFittedTrainer<PredictionIntervalTransformer> Conformal(
        this RegressionCatalog catalog,
        IEstimator<ITransformer> pipeline,
        ConformalIntervals? intervals = null,
        int folds = 5,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? quantilesColumnName = "Quantiles",
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        new(pipeline, Conformal(catalog, intervals, labelColumnName, scoreColumnName, quantilesColumnName), folds, samplingKeyColumnName, seed);
}
