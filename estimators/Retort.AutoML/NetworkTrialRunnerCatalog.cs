using Microsoft.ML;

namespace Retort;

/// <summary>Networks for ML.NET's own AutoMLExperiment, a cohort of recipes a trial, on ML.NET's own catalogs.</summary>
public static class NetworkTrialRunnerCatalog
{
    /// <summary>Runs ML.NET's AutoMLExperiment over recipes of networks for two classes: <c>NetworkTrialRunner(space).Run(data, experiment)</c>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="space">The recipes to search among; default <see cref="RecipeSpace.Default"/>. Alternatives that do not serve the task are left out.</param>
    /// <param name="cohort">How many recipes are one trial of the experiment, each on a thread of its own; default 0, as many as there are processors.</param>
    /// <param name="teacher">Whom networks learn from beside the labels, if anyone; it scores once.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns on which predictions should depend little, for <see cref="RecipeSpace.Penalties"/>.</param>
    /// <param name="validation">Rows to judge by, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="stop">Ends the recipes in training as soon.</param>
    /// <exception cref="ArgumentException">The space is not right, or asks for a teacher or protected columns that are not given, or the cohort is negative.</exception>
    public static NetworkTrialRunner<BinaryNetworkTransformer> NetworkTrialRunner(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, RecipeSpace? space = null, int cohort = 0, Teacher? teacher = null, string labelColumnName = "Label", string featureColumnName = "Features",
        string? exampleWeightColumnName = null, string[]? categoryColumnNames = null, string? groupColumnName = null, string[]? protectedColumnNames = null, IDataView? validation = null, CancellationToken stop = default)
    {
        var recipes = SweepSpace.For(LearningTask.Binary, space, teacher, protectedColumnNames);
        return new(
            catalog.Network(SweepSpace.Reader(recipes), teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop), recipes, cohort);
    }

    /// <summary>Runs ML.NET's AutoMLExperiment over recipes of networks for several classes: <c>NetworkTrialRunner(space).Run(data, experiment)</c>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="space">The recipes to search among; default <see cref="RecipeSpace.Default"/>. Alternatives that do not serve the task are left out.</param>
    /// <param name="cohort">How many recipes are one trial of the experiment, each on a thread of its own; default 0, as many as there are processors.</param>
    /// <param name="teacher">Whom networks learn from beside the labels, if anyone; it scores once.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns on which predictions should depend little, for <see cref="RecipeSpace.Penalties"/>.</param>
    /// <param name="validation">Rows to judge by, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="stop">Ends the recipes in training as soon.</param>
    /// <exception cref="ArgumentException">The space is not right, or asks for a teacher or protected columns that are not given, or the cohort is negative.</exception>
    public static NetworkTrialRunner<MulticlassNetworkTransformer> NetworkTrialRunner(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, RecipeSpace? space = null, int cohort = 0, Teacher? teacher = null, string labelColumnName = "Label", string featureColumnName = "Features",
        string? exampleWeightColumnName = null, string[]? categoryColumnNames = null, string? groupColumnName = null, string[]? protectedColumnNames = null, IDataView? validation = null, CancellationToken stop = default)
    {
        var recipes = SweepSpace.For(LearningTask.Multiclass, space, teacher, protectedColumnNames);
        return new(
            catalog.Network(SweepSpace.Reader(recipes), teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop), recipes, cohort);
    }

    /// <summary>Runs ML.NET's AutoMLExperiment over recipes of networks for a number: <c>NetworkTrialRunner(space).Run(data, experiment)</c>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="space">The recipes to search among; default <see cref="RecipeSpace.Default"/>. Alternatives that do not serve the task are left out.</param>
    /// <param name="cohort">How many recipes are one trial of the experiment, each on a thread of its own; default 0, as many as there are processors.</param>
    /// <param name="teacher">Whom networks learn from beside the labels, if anyone; it scores once.</param>
    /// <param name="labelColumnName">The label, a number of type float.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns on which predictions should depend little, for <see cref="RecipeSpace.Penalties"/>.</param>
    /// <param name="validation">Rows to judge by, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="stop">Ends the recipes in training as soon.</param>
    /// <exception cref="ArgumentException">The space is not right, or asks for a teacher or protected columns that are not given, or the cohort is negative.</exception>
    public static NetworkTrialRunner<RegressionNetworkTransformer> NetworkTrialRunner(
        this RegressionCatalog.RegressionTrainers catalog, RecipeSpace? space = null, int cohort = 0, Teacher? teacher = null, string labelColumnName = "Label", string featureColumnName = "Features",
        string? exampleWeightColumnName = null, string[]? categoryColumnNames = null, string? groupColumnName = null, string[]? protectedColumnNames = null, IDataView? validation = null, CancellationToken stop = default)
    {
        var recipes = SweepSpace.For(LearningTask.Regression, space, teacher, protectedColumnNames);
        return new(
            catalog.Network(SweepSpace.Reader(recipes), teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop), recipes, cohort);
    }
}
