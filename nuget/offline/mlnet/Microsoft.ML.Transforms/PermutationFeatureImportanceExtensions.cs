using System.Collections.Immutable;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

public static class PermutationFeatureImportanceExtensions
{
    public static ImmutableArray<RegressionMetricsStatistics> PermutationFeatureImportance<TModel>(this RegressionCatalog catalog, ISingleFeaturePredictionTransformer<TModel> predictionTransformer, IDataView data,
        string labelColumnName = "Label", bool useFeatureWeightFilter = false, int? numberOfExamplesToUse = null, int permutationCount = 1) where TModel : class =>
        [.. Regression(catalog, predictionTransformer, predictionTransformer.FeatureColumnName, predictionTransformer.Model, data, labelColumnName, useFeatureWeightFilter, numberOfExamplesToUse, permutationCount)];

    public static ImmutableDictionary<string, RegressionMetricsStatistics> PermutationFeatureImportance(this RegressionCatalog catalog, ITransformer model, IDataView data,
        string labelColumnName = "Label", bool useFeatureWeightFilter = false, int? numberOfExamplesToUse = null, int permutationCount = 1)
    {
        var (predictor, names) = Predictor(catalog.GetEnvironment(), model, data);
        return ByName(names, Regression(catalog, predictor, predictor.FeatureColumnName, ModelOf(predictor), data, labelColumnName, useFeatureWeightFilter, numberOfExamplesToUse, permutationCount));
    }

    public static ImmutableArray<BinaryClassificationMetricsStatistics> PermutationFeatureImportance<TModel>(this BinaryClassificationCatalog catalog, ISingleFeaturePredictionTransformer<TModel> predictionTransformer, IDataView data,
        string labelColumnName = "Label", bool useFeatureWeightFilter = false, int? numberOfExamplesToUse = null, int permutationCount = 1) where TModel : class =>
        [.. Binary(catalog, predictionTransformer, predictionTransformer.FeatureColumnName, predictionTransformer.Model, data, labelColumnName, useFeatureWeightFilter, numberOfExamplesToUse, permutationCount)];

    public static ImmutableDictionary<string, BinaryClassificationMetricsStatistics> PermutationFeatureImportanceNonCalibrated(this BinaryClassificationCatalog catalog, ITransformer model, IDataView data,
        string labelColumnName = "Label", bool useFeatureWeightFilter = false, int? numberOfExamplesToUse = null, int permutationCount = 1)
    {
        var (predictor, names) = Predictor(catalog.GetEnvironment(), model, data);
        return ByName(names, Binary(catalog, predictor, predictor.FeatureColumnName, ModelOf(predictor), data, labelColumnName, useFeatureWeightFilter, numberOfExamplesToUse, permutationCount));
    }

    public static ImmutableArray<MulticlassClassificationMetricsStatistics> PermutationFeatureImportance<TModel>(this MulticlassClassificationCatalog catalog, ISingleFeaturePredictionTransformer<TModel> predictionTransformer, IDataView data,
        string labelColumnName = "Label", bool useFeatureWeightFilter = false, int? numberOfExamplesToUse = null, int permutationCount = 1) where TModel : class =>
        [.. Multiclass(catalog, predictionTransformer, predictionTransformer.FeatureColumnName, predictionTransformer.Model, data, labelColumnName, useFeatureWeightFilter, numberOfExamplesToUse, permutationCount)];

    public static ImmutableDictionary<string, MulticlassClassificationMetricsStatistics> PermutationFeatureImportance(this MulticlassClassificationCatalog catalog, ITransformer model, IDataView data,
        string labelColumnName = "Label", bool useFeatureWeightFilter = false, int? numberOfExamplesToUse = null, int permutationCount = 1)
    {
        var (predictor, names) = Predictor(catalog.GetEnvironment(), model, data);
        return ByName(names, Multiclass(catalog, predictor, predictor.FeatureColumnName, ModelOf(predictor), data, labelColumnName, useFeatureWeightFilter, numberOfExamplesToUse, permutationCount));
    }

    private static List<RegressionMetricsStatistics> Regression(RegressionCatalog catalog, ITransformer transformer, string features, object model, IDataView data, string label, bool filter, int? examples, int permutations) =>
        Transforms.PermutationFeatureImportance.Compute(catalog.GetEnvironment(), transformer, features, model, data, filter, examples, permutations,
            scored => RegressionMetricsStatistics.Values(catalog.Evaluate(scored, label)), changes => new RegressionMetricsStatistics(changes));

    private static List<BinaryClassificationMetricsStatistics> Binary(BinaryClassificationCatalog catalog, ITransformer transformer, string features, object model, IDataView data, string label, bool filter, int? examples, int permutations) =>
        Transforms.PermutationFeatureImportance.Compute(catalog.GetEnvironment(), transformer, features, model, data, filter, examples, permutations,
            scored => BinaryClassificationMetricsStatistics.Values(catalog.EvaluateNonCalibrated(scored, label)), changes => new BinaryClassificationMetricsStatistics(changes));

    private static List<MulticlassClassificationMetricsStatistics> Multiclass(MulticlassClassificationCatalog catalog, ITransformer transformer, string features, object model, IDataView data, string label, bool filter, int? examples, int permutations) =>
        Transforms.PermutationFeatureImportance.Compute(catalog.GetEnvironment(), transformer, features, model, data, filter, examples, permutations,
            scored => MulticlassClassificationMetricsStatistics.Values(catalog.Evaluate(scored, label)), changes => new MulticlassClassificationMetricsStatistics(changes));

    /// The last predictor of the model, whatever follows it, and the names of its slots in the data.
    private static (ISingleFeaturePredictionTransformer Predictor, List<ReadOnlyMemory<char>> Names) Predictor(IHostEnvironment env, ITransformer model, IDataView data)
    {
        env.CheckValue(data, nameof(data));
        env.CheckValue(model, nameof(model));
        var lastTransformer = model;
        while (lastTransformer is not ISingleFeaturePredictionTransformer && lastTransformer is IEnumerable<ITransformer> chain)
            lastTransformer = chain.LastOrDefault(member => member is ISingleFeaturePredictionTransformer) ?? chain.LastOrDefault();
        if (lastTransformer is not ISingleFeaturePredictionTransformer predictor)
            throw new ArgumentNullException(nameof(lastTransformer), "The model provided does not have a compatible predictor");
        VBuffer<ReadOnlyMemory<char>> names = default;
        data.Schema[predictor.FeatureColumnName].Annotations.GetValue(AnnotationUtils.Kinds.SlotNames, ref names);
        return (predictor, names.DenseValues().ToList());
    }

    private static object ModelOf(ISingleFeaturePredictionTransformer predictor) => (predictor as IPredictionTransformer<object>)?.Model;

    private static ImmutableDictionary<string, T> ByName<T>(List<ReadOnlyMemory<char>> names, List<T> results)
    {
        var byName = ImmutableDictionary.CreateBuilder<string, T>();
        for (var slot = 0; slot < results.Count; slot++)
            byName.Add(names[slot].ToString(), results[slot]);
        return byName.ToImmutable();
    }
}
