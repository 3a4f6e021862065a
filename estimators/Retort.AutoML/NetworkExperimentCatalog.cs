using Microsoft.ML;
using Microsoft.ML.AutoML;

namespace Retort;

/// <summary>Searches for recipes, on ML.NET's own catalogs.</summary>
public static class NetworkExperimentCatalog
{
    /// <summary>Searches for the recipe of a network for two classes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="space">The recipes to search among; default <see cref="RecipeSpace.Default"/>. Alternatives that do not serve the task are left out.</param>
    /// <param name="settings">How much the search may cost, and what it is after; default: 27 recipes, for the loss.</param>
    /// <param name="teacher">Whom networks learn from beside the labels, if anyone; it scores once.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns on which predictions should depend little: for <see cref="RecipeSpace.Penalties"/> and <see cref="SweepObjective.Gap"/>.</param>
    /// <param name="validation">Rows to judge by, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="folder">An existing folder that keeps the search, which goes on from what is there; by default nothing is kept.</param>
    /// <param name="tuner">What proposes recipes; by default random ones, then changes of the best so far. A search that goes on from a folder asks it anew from its first trial on.</param>
    /// <param name="monitor">Hears of every trial, as AutoML's monitors do.</param>
    /// <param name="progress">Hears of every trial at the end of each of its rungs, on the threads that train; of those that an earlier search in the folder has ended too.</param>
    /// <param name="stop">Ends the search as soon, with what it has found.</param>
    /// <exception cref="ArgumentException">Space or settings are not right, or ask for a teacher or protected columns that are not given.</exception>
    public static NetworkExperiment<BinaryNetworkTransformer> NetworkExperiment(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, RecipeSpace? space = null, SweepSettings? settings = null, Teacher? teacher = null, string labelColumnName = "Label", string featureColumnName = "Features",
        string? exampleWeightColumnName = null, string[]? categoryColumnNames = null, string? groupColumnName = null, string[]? protectedColumnNames = null, IDataView? validation = null, string? folder = null,
        ITuner? tuner = null, IMonitor? monitor = null, IProgress<SweepTrial>? progress = null, CancellationToken stop = default)
    {
        var recipes = SweepSpace.For(LearningTask.Binary, space, teacher, protectedColumnNames);
        return new(
            catalog.Network(SweepSpace.Reader(recipes), teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop),
            recipes, settings ?? new(), folder, tuner, monitor, progress);
    }

    /// <summary>Searches for the recipe of a network for several classes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="space">The recipes to search among; default <see cref="RecipeSpace.Default"/>. Alternatives that do not serve the task are left out.</param>
    /// <param name="settings">How much the search may cost, and what it is after; default: 27 recipes, for the loss.</param>
    /// <param name="teacher">Whom networks learn from beside the labels, if anyone; it scores once.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns on which predictions should depend little: for <see cref="RecipeSpace.Penalties"/> and <see cref="SweepObjective.Gap"/>.</param>
    /// <param name="validation">Rows to judge by, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="folder">An existing folder that keeps the search, which goes on from what is there; by default nothing is kept.</param>
    /// <param name="tuner">What proposes recipes; by default random ones, then changes of the best so far. A search that goes on from a folder asks it anew from its first trial on.</param>
    /// <param name="monitor">Hears of every trial, as AutoML's monitors do.</param>
    /// <param name="progress">Hears of every trial at the end of each of its rungs, on the threads that train; of those that an earlier search in the folder has ended too.</param>
    /// <param name="stop">Ends the search as soon, with what it has found.</param>
    /// <exception cref="ArgumentException">Space or settings are not right, or ask for a teacher or protected columns that are not given.</exception>
    public static NetworkExperiment<MulticlassNetworkTransformer> NetworkExperiment(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, RecipeSpace? space = null, SweepSettings? settings = null, Teacher? teacher = null, string labelColumnName = "Label", string featureColumnName = "Features",
        string? exampleWeightColumnName = null, string[]? categoryColumnNames = null, string? groupColumnName = null, string[]? protectedColumnNames = null, IDataView? validation = null, string? folder = null,
        ITuner? tuner = null, IMonitor? monitor = null, IProgress<SweepTrial>? progress = null, CancellationToken stop = default)
    {
        var recipes = SweepSpace.For(LearningTask.Multiclass, space, teacher, protectedColumnNames);
        return new(
            catalog.Network(SweepSpace.Reader(recipes), teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop),
            recipes, settings ?? new(), folder, tuner, monitor, progress);
    }

    /// <summary>Searches for the recipe of a network for a number.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="space">The recipes to search among; default <see cref="RecipeSpace.Default"/>. Alternatives that do not serve the task are left out.</param>
    /// <param name="settings">How much the search may cost, and what it is after; default: 27 recipes, for the loss.</param>
    /// <param name="teacher">Whom networks learn from beside the labels, if anyone; it scores once.</param>
    /// <param name="labelColumnName">The label, a number of type float.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns on which predictions should depend little: for <see cref="RecipeSpace.Penalties"/> and <see cref="SweepObjective.Gap"/>.</param>
    /// <param name="validation">Rows to judge by, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="folder">An existing folder that keeps the search, which goes on from what is there; by default nothing is kept.</param>
    /// <param name="tuner">What proposes recipes; by default random ones, then changes of the best so far. A search that goes on from a folder asks it anew from its first trial on.</param>
    /// <param name="monitor">Hears of every trial, as AutoML's monitors do.</param>
    /// <param name="progress">Hears of every trial at the end of each of its rungs, on the threads that train; of those that an earlier search in the folder has ended too.</param>
    /// <param name="stop">Ends the search as soon, with what it has found.</param>
    /// <exception cref="ArgumentException">Space or settings are not right, or ask for a teacher or protected columns that are not given.</exception>
    public static NetworkExperiment<RegressionNetworkTransformer> NetworkExperiment(
        this RegressionCatalog.RegressionTrainers catalog, RecipeSpace? space = null, SweepSettings? settings = null, Teacher? teacher = null, string labelColumnName = "Label", string featureColumnName = "Features",
        string? exampleWeightColumnName = null, string[]? categoryColumnNames = null, string? groupColumnName = null, string[]? protectedColumnNames = null, IDataView? validation = null, string? folder = null,
        ITuner? tuner = null, IMonitor? monitor = null, IProgress<SweepTrial>? progress = null, CancellationToken stop = default)
    {
        var recipes = SweepSpace.For(LearningTask.Regression, space, teacher, protectedColumnNames);
        return new(
            catalog.Network(SweepSpace.Reader(recipes), teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop),
            recipes, settings ?? new(), folder, tuner, monitor, progress);
    }
}
