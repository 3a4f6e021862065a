using Microsoft.ML;

namespace Retort;

/// <summary>The trainers of networks, on ML.NET's own catalogs.</summary>
public static class NetworkCatalog
{
    /// <summary>Trains a network for two classes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="recipe">What is trained and how; default: a plain recipe.</param>
    /// <param name="teacher">Whom the network learns from beside the labels, if anyone.</param>
    /// <param name="labelColumnName">The label, Boolean.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group (key, text or integer) are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns (float, Boolean, key, text or integer) on which predictions should depend little: what <see cref="Recipe.Penalty"/> looks at in training. They are no features by themselves, and the fitted network does not read them.</param>
    /// <param name="validation">Rows for early stopping, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="unlabeled">More training rows, with the same feature and category columns, prepared like the training data (by the fitted steps before this trainer); a label there is not read. They learn from the teacher alone, which must be given. Weight and group columns are read where they are there, else each of these rows counts 1 and is a group of its own.</param>
    /// <param name="progress">Hears of every epoch, on the thread that trains.</param>
    /// <param name="stop">Ends training before its next step: the result is the best epoch so far, or an <see cref="OperationCanceledException"/> where none has ended.</param>
    /// <param name="checkpoint">Where the run keeps its state, and goes on from what is there.</param>
    /// <param name="start">A fitted network of the same shape and columns, or a chain that ends in one, whose weights, medians and scales the run begins from: its fitted result says so, which <see cref="MergeCatalog"/> asks for.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the task, or there are unlabelled rows and no teacher.</exception>
    public static BinaryNetworkTrainer Network(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        Recipe? recipe = null,
        Teacher? teacher = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null,
        string? groupColumnName = null,
        string[]? protectedColumnNames = null,
        IDataView? validation = null,
        IDataView? unlabeled = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken stop = default,
        Checkpoint? checkpoint = null,
        ITransformer? start = null) =>
        new(HostAccess.Environment(catalog), Training(recipe, teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, unlabeled, progress, stop, checkpoint) with { Start = ModelChain.StartOf(start) });

    /// <summary>Trains a network for several classes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="recipe">What is trained and how; default: a plain recipe.</param>
    /// <param name="teacher">Whom the network learns from beside the labels, if anyone.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group (key, text or integer) are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns (float, Boolean, key, text or integer) on which predictions should depend little: what <see cref="Recipe.Penalty"/> looks at in training. They are no features by themselves, and the fitted network does not read them.</param>
    /// <param name="validation">Rows for early stopping, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="unlabeled">More training rows, with the same feature and category columns, prepared like the training data (by the fitted steps before this trainer); a label there is not read. They learn from the teacher alone, which must be given. Weight and group columns are read where they are there, else each of these rows counts 1 and is a group of its own.</param>
    /// <param name="progress">Hears of every epoch, on the thread that trains.</param>
    /// <param name="stop">Ends training before its next step: the result is the best epoch so far, or an <see cref="OperationCanceledException"/> where none has ended.</param>
    /// <param name="checkpoint">Where the run keeps its state, and goes on from what is there.</param>
    /// <param name="start">A fitted network of the same shape and columns, or a chain that ends in one, whose weights, medians and scales the run begins from: its fitted result says so, which <see cref="MergeCatalog"/> asks for.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the task, or there are unlabelled rows and no teacher.</exception>
    public static MulticlassNetworkTrainer Network(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        Recipe? recipe = null,
        Teacher? teacher = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null,
        string? groupColumnName = null,
        string[]? protectedColumnNames = null,
        IDataView? validation = null,
        IDataView? unlabeled = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken stop = default,
        Checkpoint? checkpoint = null,
        ITransformer? start = null) =>
        new(HostAccess.Environment(catalog), Training(recipe, teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, unlabeled, progress, stop, checkpoint) with { Start = ModelChain.StartOf(start) });

    /// <summary>Trains a network for a number.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="recipe">What is trained and how; default: a plain recipe.</param>
    /// <param name="teacher">Whom the network learns from beside the labels, if anyone.</param>
    /// <param name="labelColumnName">The label, float.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group (key, text or integer) are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns (float, Boolean, key, text or integer) on which predictions should depend little: what <see cref="Recipe.Penalty"/> looks at in training. They are no features by themselves, and the fitted network does not read them.</param>
    /// <param name="validation">Rows for early stopping, prepared like the training data; by default a share of the training rows is held out.</param>
    /// <param name="unlabeled">More training rows, with the same feature and category columns, prepared like the training data (by the fitted steps before this trainer); a label there is not read. They learn from the teacher alone, which must be given. Weight and group columns are read where they are there, else each of these rows counts 1 and is a group of its own.</param>
    /// <param name="progress">Hears of every epoch, on the thread that trains.</param>
    /// <param name="stop">Ends training before its next step: the result is the best epoch so far, or an <see cref="OperationCanceledException"/> where none has ended.</param>
    /// <param name="checkpoint">Where the run keeps its state, and goes on from what is there.</param>
    /// <param name="start">A fitted network of the same shape and columns, or a chain that ends in one, whose weights, medians and scales the run begins from: its fitted result says so, which <see cref="MergeCatalog"/> asks for.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the task, or there are unlabelled rows and no teacher.</exception>
    public static RegressionNetworkTrainer Network(
        this RegressionCatalog.RegressionTrainers catalog,
        Recipe? recipe = null,
        Teacher? teacher = null,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null,
        string? groupColumnName = null,
        string[]? protectedColumnNames = null,
        IDataView? validation = null,
        IDataView? unlabeled = null,
        IProgress<EpochReport>? progress = null,
        CancellationToken stop = default,
        Checkpoint? checkpoint = null,
        ITransformer? start = null) =>
        new(HostAccess.Environment(catalog), Training(recipe, teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames, validation, unlabeled, progress, stop, checkpoint) with { Start = ModelChain.StartOf(start) });

    private static NetworkTraining Training(
        Recipe? recipe, Teacher? teacher, string label, string features, string? weight, string[]? categories, string? group, string[]? protectedColumns, IDataView? validation, IDataView? unlabeled, IProgress<EpochReport>? progress,
        CancellationToken stop, Checkpoint? checkpoint) =>
        new(recipe ?? new Recipe(), teacher, new NetworkColumns(label, features, weight, [.. categories ?? []], group) { Protected = [.. protectedColumns ?? []] }, validation, unlabeled, progress, stop, checkpoint);
}
