using Microsoft.ML;

namespace Retort;

/// <summary>Paths of penalty weights, on ML.NET's own catalogs.</summary>
public static class NetworkPathCatalog
{
    /// <summary>Trains networks for two classes that differ in the weight of their penalty alone, side by side: what less dependence on protected columns costs.</summary>
    /// <inheritdoc cref="NetworkPathTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="recipe">What is trained and how, with a <see cref="Recipe.Penalty"/>, whose own weight is not looked at.</param>
    /// <param name="weights">The penalty's weights, at least 0; 0 is added where it is not there.</param>
    /// <param name="protectedColumnNames">Columns (float, Boolean, key, text or integer) that the penalty and the measures look at. The fitted networks do not read them.</param>
    /// <param name="teacher">Whom the networks learn from beside the labels, if anyone.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group (key, text or integer) are held out together or not at all.</param>
    /// <param name="validation">Rows for early stopping and measures, prepared like the training data and with the protected columns; by default a share of the training rows is held out.</param>
    /// <param name="measure">What marks the front of Pareto beside the task's metric; default the divergence.</param>
    /// <param name="minimumCount">Groups of fewer rows are left out of gaps and are one cell in the divergence. At least 1; default 50.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="progress">Hears of every epoch of every network, on their threads.</param>
    /// <param name="stop">Ends training before its next steps: the networks are those of the best epochs so far, or there is an <see cref="OperationCanceledException"/> where none has ended.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the task or has no penalty, a weight is negative, or no column is protected.</exception>
    public static NetworkPathTrainer<BinaryNetworkTransformer> NetworkPath(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        Recipe recipe,
        IReadOnlyList<double> weights,
        string[] protectedColumnNames,
        Teacher? teacher = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null,
        string? groupColumnName = null,
        IDataView? validation = null,
        PathMeasure measure = PathMeasure.Divergence,
        int minimumCount = 50,
        int bootstrap = 1000,
        IProgress<PathReport>? progress = null,
        CancellationToken stop = default) =>
        new(
            catalog.Network(recipe, teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop),
            weights, Check.Given(protectedColumnNames), measure, new() { MinimumCount = minimumCount, Bootstrap = bootstrap }, progress);

    /// <summary>Trains networks for several classes that differ in the weight of their penalty alone, side by side: what less dependence on protected columns costs.</summary>
    /// <inheritdoc cref="NetworkPathTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="recipe">What is trained and how, with a <see cref="Recipe.Penalty"/>, whose own weight is not looked at.</param>
    /// <param name="weights">The penalty's weights, at least 0; 0 is added where it is not there.</param>
    /// <param name="protectedColumnNames">Columns (float, Boolean, key, text or integer) that the penalty and the measures look at. The fitted networks do not read them.</param>
    /// <param name="teacher">Whom the networks learn from beside the labels, if anyone.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group (key, text or integer) are held out together or not at all.</param>
    /// <param name="validation">Rows for early stopping and measures, prepared like the training data and with the protected columns; by default a share of the training rows is held out.</param>
    /// <param name="measure">What marks the front of Pareto beside the task's metric; default the divergence.</param>
    /// <param name="minimumCount">Groups of fewer rows are left out of gaps and are one cell in the divergence. At least 1; default 50.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="progress">Hears of every epoch of every network, on their threads.</param>
    /// <param name="stop">Ends training before its next steps: the networks are those of the best epochs so far, or there is an <see cref="OperationCanceledException"/> where none has ended.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the task or has no penalty, a weight is negative, or no column is protected.</exception>
    public static NetworkPathTrainer<MulticlassNetworkTransformer> NetworkPath(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        Recipe recipe,
        IReadOnlyList<double> weights,
        string[] protectedColumnNames,
        Teacher? teacher = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null,
        string? groupColumnName = null,
        IDataView? validation = null,
        PathMeasure measure = PathMeasure.Divergence,
        int minimumCount = 50,
        int bootstrap = 1000,
        IProgress<PathReport>? progress = null,
        CancellationToken stop = default) =>
        new(
            catalog.Network(recipe, teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop),
            weights, Check.Given(protectedColumnNames), measure, new() { MinimumCount = minimumCount, Bootstrap = bootstrap }, progress);

    /// <summary>Trains networks for a number that differ in the weight of their penalty alone, side by side: what less dependence on protected columns costs.</summary>
    /// <inheritdoc cref="NetworkPathTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="recipe">What is trained and how, with a <see cref="Recipe.Penalty"/>, whose own weight is not looked at.</param>
    /// <param name="weights">The penalty's weights, at least 0; 0 is added where it is not there.</param>
    /// <param name="protectedColumnNames">Columns (float, Boolean, key, text or integer) that the penalty and the measures look at. The fitted networks do not read them.</param>
    /// <param name="teacher">Whom the networks learn from beside the labels, if anyone.</param>
    /// <param name="labelColumnName">The label, float.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group (key, text or integer) are held out together or not at all.</param>
    /// <param name="validation">Rows for early stopping and measures, prepared like the training data and with the protected columns; by default a share of the training rows is held out.</param>
    /// <param name="measure">What marks the front of Pareto beside the task's metric; default the divergence.</param>
    /// <param name="minimumCount">Groups of fewer rows are left out of gaps and are one cell in the divergence. At least 1; default 50.</param>
    /// <param name="bootstrap">How many resamples make the intervals, 0 for none; default 1000.</param>
    /// <param name="progress">Hears of every epoch of every network, on their threads.</param>
    /// <param name="stop">Ends training before its next steps: the networks are those of the best epochs so far, or there is an <see cref="OperationCanceledException"/> where none has ended.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the task or has no penalty, a weight is negative, or no column is protected.</exception>
    public static NetworkPathTrainer<RegressionNetworkTransformer> NetworkPath(
        this RegressionCatalog.RegressionTrainers catalog,
        Recipe recipe,
        IReadOnlyList<double> weights,
        string[] protectedColumnNames,
        Teacher? teacher = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null,
        string? groupColumnName = null,
        IDataView? validation = null,
        PathMeasure measure = PathMeasure.Divergence,
        int minimumCount = 50,
        int bootstrap = 1000,
        IProgress<PathReport>? progress = null,
        CancellationToken stop = default) =>
        new(
            catalog.Network(recipe, teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop),
            weights, Check.Given(protectedColumnNames), measure, new() { MinimumCount = minimumCount, Bootstrap = bootstrap }, progress);
}
