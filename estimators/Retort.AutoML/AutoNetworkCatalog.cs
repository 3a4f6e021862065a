using Microsoft.ML;
using Microsoft.ML.AutoML;
using Microsoft.ML.AutoML.CodeGen;

namespace Retort;

/// <summary>Networks among the estimators that ML.NET's AutoML searches: <c>ml.Auto().Network(...)</c>.</summary>
public static class AutoNetworkCatalog
{
    /// <summary>A network whose recipe is searched, to be put into a pipeline by itself or beside ML.NET's own trainers.</summary>
    /// <remarks>
    /// <c>pipeline.Append(ml.Auto().Network(LearningTask.Multiclass, RecipeSpace.Default), ...)</c>; AutoML's Build makes a trainer of each trial's recipe. To its tuner it counts as one of the SDCA trainers, the dearest that it knows: a trainer that it does not know it takes for the cheapest, and tries no other.
    /// Every trial holds out its own early-stopping rows (<see cref="Recipe.HoldOut"/>) of those it is given to train on.
    /// </remarks>
    /// <param name="catalog">The catalog.</param>
    /// <param name="task">What is predicted.</param>
    /// <param name="space">The recipes to search among; default <see cref="RecipeSpace.Default"/>. Alternatives that do not serve the task are left out.</param>
    /// <param name="teacher">Whom networks learn from beside the labels, if anyone; it scores the training rows of every trial, once where <see cref="Teacher.CachedIn"/> names a folder.</param>
    /// <param name="labelColumnName">The label: Boolean, a key, or a number of type float.</param>
    /// <param name="featureColumnName">The features, a vector of float of known size.</param>
    /// <param name="exampleWeightColumnName">How much each row counts, float of at least 0; by default all count the same.</param>
    /// <param name="categoryColumnNames">Key columns that are embedded beside the features.</param>
    /// <param name="groupColumnName">Rows of a group are held out together or not at all.</param>
    /// <param name="protectedColumnNames">Columns on which predictions should depend little, for <see cref="RecipeSpace.Penalties"/>.</param>
    /// <exception cref="ArgumentException">The space is not right, or asks for a teacher or protected columns that are not given.</exception>
    public static SweepableEstimator Network(
        this AutoCatalog catalog, LearningTask task, RecipeSpace? space = null, Teacher? teacher = null, string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null,
        string[]? categoryColumnNames = null, string? groupColumnName = null, string[]? protectedColumnNames = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var recipes = SweepSpace.For(task, space, teacher, protectedColumnNames);
        return new(Build, recipes.ToSearchSpace())
        {
            EstimatorType = task switch { LearningTask.Binary => EstimatorType.SdcaLogisticRegressionBinary, LearningTask.Multiclass => EstimatorType.SdcaMaximumEntropyMulti, _ => EstimatorType.SdcaRegression },
        };

        IEstimator<ITransformer> Build(MLContext ml, Microsoft.ML.SearchSpace.Parameter parameter)
        {
            var recipe = recipes.Read(parameter);
            return task switch
            {
                LearningTask.Binary => ml.BinaryClassification.Trainers.Network(recipe, teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames),
                LearningTask.Multiclass => ml.MulticlassClassification.Trainers.Network(recipe, teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames),
                _ => ml.Regression.Trainers.Network(recipe, teacher, labelColumnName, featureColumnName, exampleWeightColumnName, categoryColumnNames, groupColumnName, protectedColumnNames),
            };
        }
    }
}
