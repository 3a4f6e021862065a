using Microsoft.ML;

namespace Retort;

/// <summary>Soups of networks, on ML.NET's own catalogs.</summary>
public static class SoupCatalog
{
    /// <summary>Trains several networks for two classes from one start and averages their weights.</summary>
    /// <inheritdoc cref="SoupTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="recipes">What each ingredient is trained by: at least two, all different, of one network.</param>
    /// <param name="soup">Which ingredients are averaged; default <see cref="GreedySoup"/>.</param>
    /// <param name="start">A fitted network of the same shape and columns that all begin from, or a chain that ends in one; null trains one by the first recipe.</param>
    /// <param name="startEpochs">How many epochs that training takes. At least 1; default 5.</param>
    /// <param name="teacher">Whom the networks learn from beside the labels, if anyone.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group (key, text or integer) are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns that penalties and the soup's bound on gaps look at.</param>
    /// <param name="validation">Rows for early stopping and for the soup, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="progress">Hears of every epoch of every ingredient, on their threads.</param>
    /// <param name="stop">Ends training before its next steps: ingredients are those of the best epochs so far.</param>
    /// <exception cref="ArgumentException">A recipe does not fit the task or the first recipe, or there are fewer than two.</exception>
    public static SoupTrainer<BinaryNetworkTransformer> Soup(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        IReadOnlyList<Recipe> recipes,
        Soup? soup = null,
        ITransformer? start = null,
        int startEpochs = 5,
        Teacher? teacher = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null,
        string? groupColumnName = null,
        string[]? protectedColumnNames = null,
        IDataView? validation = null,
        IProgress<SoupReport>? progress = null,
        CancellationToken stop = default) =>
        new(
            catalog.Network(First(recipes), teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop, start: start),
            recipes, soup ?? new GreedySoup(), startEpochs, progress);

    /// <summary>Trains several networks for several classes from one start and averages their weights.</summary>
    /// <inheritdoc cref="SoupTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="recipes">What each ingredient is trained by: at least two, all different, of one network.</param>
    /// <param name="soup">Which ingredients are averaged; default <see cref="GreedySoup"/>.</param>
    /// <param name="start">A fitted network of the same shape and columns that all begin from, or a chain that ends in one; null trains one by the first recipe.</param>
    /// <param name="startEpochs">How many epochs that training takes. At least 1; default 5.</param>
    /// <param name="teacher">Whom the networks learn from beside the labels, if anyone.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group (key, text or integer) are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns that penalties and the soup's bound on gaps look at.</param>
    /// <param name="validation">Rows for early stopping and for the soup, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="progress">Hears of every epoch of every ingredient, on their threads.</param>
    /// <param name="stop">Ends training before its next steps: ingredients are those of the best epochs so far.</param>
    /// <exception cref="ArgumentException">A recipe does not fit the task or the first recipe, or there are fewer than two.</exception>
    public static SoupTrainer<MulticlassNetworkTransformer> Soup(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        IReadOnlyList<Recipe> recipes,
        Soup? soup = null,
        ITransformer? start = null,
        int startEpochs = 5,
        Teacher? teacher = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null,
        string? groupColumnName = null,
        string[]? protectedColumnNames = null,
        IDataView? validation = null,
        IProgress<SoupReport>? progress = null,
        CancellationToken stop = default) =>
        new(
            catalog.Network(First(recipes), teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop, start: start),
            recipes, soup ?? new GreedySoup(), startEpochs, progress);

    /// <summary>Trains several networks for a number from one start and averages their weights.</summary>
    /// <inheritdoc cref="SoupTrainer{TTransformer}" path="/remarks"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="recipes">What each ingredient is trained by: at least two, all different, of one network.</param>
    /// <param name="soup">Which ingredients are averaged; default <see cref="GreedySoup"/>.</param>
    /// <param name="start">A fitted network of the same shape and columns that all begin from, or a chain that ends in one; null trains one by the first recipe.</param>
    /// <param name="startEpochs">How many epochs that training takes. At least 1; default 5.</param>
    /// <param name="teacher">Whom the networks learn from beside the labels, if anyone.</param>
    /// <param name="labelColumnName">The label, float.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group (key, text or integer) are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns that penalties and the soup's bound on gaps look at.</param>
    /// <param name="validation">Rows for early stopping and for the soup, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="progress">Hears of every epoch of every ingredient, on their threads.</param>
    /// <param name="stop">Ends training before its next steps: ingredients are those of the best epochs so far.</param>
    /// <exception cref="ArgumentException">A recipe does not fit the task or the first recipe, or there are fewer than two.</exception>
    public static SoupTrainer<RegressionNetworkTransformer> Soup(
        this RegressionCatalog.RegressionTrainers catalog,
        IReadOnlyList<Recipe> recipes,
        Soup? soup = null,
        ITransformer? start = null,
        int startEpochs = 5,
        Teacher? teacher = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null,
        string? groupColumnName = null,
        string[]? protectedColumnNames = null,
        IDataView? validation = null,
        IProgress<SoupReport>? progress = null,
        CancellationToken stop = default) =>
        new(
            catalog.Network(First(recipes), teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, stop: stop, start: start),
            recipes, soup ?? new GreedySoup(), startEpochs, progress);

    private static Recipe First(IReadOnlyList<Recipe> recipes) => Check.Given(recipes).Count > 0 ? recipes[0] : throw Check.Wrong("The number of recipes of a soup", "be at least 2", "0");
}
