using Microsoft.ML;

namespace Retort;

/// <summary>What is done after any model, group by group, on ML.NET's own catalogs.</summary>
public static class GroupCatalog
{
    /// <summary>Learns above which score a fitted model says true, for each group a threshold of its own: <c>.Fit(model.Transform(heldOut))</c>.</summary>
    /// <remarks>
    /// The rows' decisions come equally often in all groups, at the best accuracy, as <see cref="GroupThresholds"/> says. Reads the protected columns, the label and, of the model's columns, Probability where there is one, else Score.
    /// Adds PredictedLabel, which takes the place of the model's; Score and Probability stay. <b>The protected columns must be there when rows are scored as well.</b> Rows of a group that was not seen are held against one threshold of all rows. ML.NET's own
    /// Evaluate decides by the sign of Score, whatever PredictedLabel says.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="protectedColumnNames">Columns of Single, Boolean, key, text or integers; rows that share the group of all of them are one group. Keys are matched by their values.</param>
    /// <param name="thresholds">What is made alike and how nearly; default: the share of positive decisions, to 0.02.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="scoreColumnName">The model's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static GroupThresholdTrainer TuneThresholdByGroup(
        this BinaryClassificationCatalog catalog,
        string[] protectedColumnNames,
        GroupThresholds? thresholds = null,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null) =>
        new(HostAccess.Environment(catalog), protectedColumnNames, thresholds ?? new(), new ScoredColumns(labelColumnName, scoreColumnName, exampleWeightColumnName));

    /// <summary>Fits a pipeline of two classes and learns thresholds by group behind it, cross-fitted: no row says where a model that has seen it should decide.</summary>
    /// <inheritdoc cref="CrossFittedTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="pipeline">What the thresholds are for, with its trainer. Not fitted yet.</param>
    /// <param name="protectedColumnNames">Columns of the pipeline's output, as in the form without a pipeline.</param>
    /// <param name="thresholds">What is made alike and how nearly; default: the share of positive decisions, to 0.02.</param>
    /// <param name="folds">How many folds, at least 2; default 5.</param>
    /// <param name="labelColumnName">The label in the pipeline's output, Boolean.</param>
    /// <param name="scoreColumnName">The pipeline's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value here (key, text or integer) stay in one fold; by default every row may go anywhere.</param>
    /// <param name="seed">Decides which row goes where; default the context's.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static CrossFittedTrainer<GroupThresholdTransformer> TuneThresholdByGroup(
        this BinaryClassificationCatalog catalog,
        IEstimator<ITransformer> pipeline,
        string[] protectedColumnNames,
        GroupThresholds? thresholds = null,
        int folds = 5,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null,
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        new(pipeline, TuneThresholdByGroup(catalog, protectedColumnNames, thresholds, labelColumnName, scoreColumnName, exampleWeightColumnName), folds, samplingKeyColumnName, seed);

    /// <summary>Learns how a fitted model's scores move, group by group, to one distribution: <c>.Fit(model.Transform(heldOut))</c>.</summary>
    /// <remarks>
    /// As <see cref="QuantileAdjustment"/> says. Reads the protected columns and, of the model's columns, Probability where there is one, else Score; no label. Adds Probability (adjusted), Score (its logit, within ±30) and PredictedLabel
    /// (above one half), which take the place of the model's, so that Evaluate measures what is served. <b>The protected columns must be there when rows are scored as well.</b> Rows of a group that was not seen move as all rows together would.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="protectedColumnNames">Columns of Single, Boolean, key, text or integers; rows that share the group of all of them are one group. Keys are matched by their values.</param>
    /// <param name="adjustment">How far scores move; default all the way.</param>
    /// <param name="scoreColumnName">The model's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="kind">How the scores are read; by default Probability as probabilities, Score as logits, and other columns as <see cref="ScoreKind.Auto"/> says.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static GroupAdjustmentTrainer AdjustByGroup(
        this BinaryClassificationCatalog catalog,
        string[] protectedColumnNames,
        QuantileAdjustment? adjustment = null,
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null,
        ScoreKind kind = ScoreKind.Auto) =>
        new(HostAccess.Environment(catalog), LearningTask.Binary, protectedColumnNames, adjustment ?? new(), new ScoredColumns("Label", scoreColumnName, exampleWeightColumnName), kind);

    /// <summary>Learns how a fitted regression model's predictions move, group by group, to one distribution: <c>.Fit(model.Transform(heldOut))</c>.</summary>
    /// <remarks>
    /// As <see cref="QuantileAdjustment"/> says. Reads the protected columns and the score; no label. Adds Score, which takes the place of the model's. <b>The protected columns must be there when rows are scored as well.</b> Rows of a group that was
    /// not seen move as all rows together would.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="protectedColumnNames">Columns of Single, Boolean, key, text or integers; rows that share the group of all of them are one group. Keys are matched by their values.</param>
    /// <param name="adjustment">How far predictions move; default all the way.</param>
    /// <param name="scoreColumnName">The model's prediction, float.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static GroupAdjustmentTrainer AdjustByGroup(
        this RegressionCatalog catalog,
        string[] protectedColumnNames,
        QuantileAdjustment? adjustment = null,
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null) =>
        new(HostAccess.Environment(catalog), LearningTask.Regression, protectedColumnNames, adjustment ?? new(), new ScoredColumns("Label", scoreColumnName, exampleWeightColumnName), ScoreKind.Auto);

    /// <summary>Fits a pipeline of two classes and learns how its scores move, cross-fitted: no row says where a model that has seen it puts its group.</summary>
    /// <inheritdoc cref="CrossFittedTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="pipeline">What is adjusted, with its trainer. Not fitted yet.</param>
    /// <param name="protectedColumnNames">Columns of the pipeline's output, as in the form without a pipeline.</param>
    /// <param name="adjustment">How far scores move; default all the way.</param>
    /// <param name="folds">How many folds, at least 2; default 5.</param>
    /// <param name="labelColumnName">The label, of which each fold gets its share where the data has it.</param>
    /// <param name="scoreColumnName">The pipeline's score, float or a vector of two. With the default name, Probability is read in its place where there is one.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="kind">How the scores are read; by default Probability as probabilities, Score as logits, and other columns as <see cref="ScoreKind.Auto"/> says.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value here (key, text or integer) stay in one fold; by default every row may go anywhere.</param>
    /// <param name="seed">Decides which row goes where; default the context's.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static CrossFittedTrainer<GroupAdjustmentTransformer> AdjustByGroup(
        this BinaryClassificationCatalog catalog,
        IEstimator<ITransformer> pipeline,
        string[] protectedColumnNames,
        QuantileAdjustment? adjustment = null,
        int folds = 5,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null,
        ScoreKind kind = ScoreKind.Auto,
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        new(pipeline, new GroupAdjustmentTrainer(HostAccess.Environment(catalog), LearningTask.Binary, protectedColumnNames, adjustment ?? new(), new ScoredColumns(labelColumnName, scoreColumnName, exampleWeightColumnName), kind), folds, samplingKeyColumnName, seed);

    /// <summary>Fits a regression pipeline and learns how its predictions move, cross-fitted: no row says where a model that has seen it puts its group.</summary>
    /// <inheritdoc cref="CrossFittedTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="pipeline">What is adjusted, with its trainer. Not fitted yet.</param>
    /// <param name="protectedColumnNames">Columns of the pipeline's output, as in the form without a pipeline.</param>
    /// <param name="adjustment">How far predictions move; default all the way.</param>
    /// <param name="folds">How many folds, at least 2; default 5.</param>
    /// <param name="labelColumnName">The label; a number is not looked at.</param>
    /// <param name="scoreColumnName">The pipeline's prediction, float.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value here (key, text or integer) stay in one fold; by default every row may go anywhere.</param>
    /// <param name="seed">Decides which row goes where; default the context's.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static CrossFittedTrainer<GroupAdjustmentTransformer> AdjustByGroup(
        this RegressionCatalog catalog,
        IEstimator<ITransformer> pipeline,
        string[] protectedColumnNames,
        QuantileAdjustment? adjustment = null,
        int folds = 5,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null,
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        new(pipeline, new GroupAdjustmentTrainer(HostAccess.Environment(catalog), LearningTask.Regression, protectedColumnNames, adjustment ?? new(), new ScoredColumns(labelColumnName, scoreColumnName, exampleWeightColumnName), ScoreKind.Auto), folds, samplingKeyColumnName, seed);
}
