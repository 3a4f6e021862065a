using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

using Model = MaximumEntropyModelParameters;

public sealed class LbfgsMaximumEntropyMulticlassTrainer : LbfgsTrainerBase<LbfgsMaximumEntropyMulticlassTrainer.Options, MulticlassPredictionTransformer<Model>, Model>
{
    public sealed class Options : OptionsBase
    {
        public bool ShowTrainingStatistics = false;
    }

    internal LbfgsMaximumEntropyMulticlassTrainer(IHostEnvironment env, Options options) : base(env, options, TrainerUtils.MakeU4ScalarColumn(options.LabelColumnName)) { }

    internal LbfgsMaximumEntropyMulticlassTrainer(IHostEnvironment env, string label, string features, string weight, float l1, float l2, float tolerance, int history, bool nonNegative)
        : this(env, Options(label, features, weight, l1, l2, tolerance, history, nonNegative)) { }

    private protected override PredictionKind PredictionKind => PredictionKind.MulticlassClassification;

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema)
    {
        inputSchema.TryFindColumn(LabelColumn.Name, out var label);
        var keys = label.Annotations.Where(annotation => annotation.Name == AnnotationUtils.Kinds.KeyValues);
        return
        [
            new(DefaultColumnNames.Score, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false, new SchemaShape(AnnotationUtils.AnnotationsForMulticlassScoreColumn(label))),
            new(DefaultColumnNames.PredictedLabel, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape(AnnotationUtils.GetTrainerOutputAnnotation().Concat(keys))),
        ];
    }

    private protected override int OutputsOf(DataViewSchema.Column label)
    {
        var classes = label.Type.GetKeyCountAsInt32();
        Host.CheckParam(classes > 0, nameof(label), "The label must be a key type of known cardinality");
        return classes;
    }

    /// Cross-entropy of the softmax.
    private protected override double Loss(Span<double> outputs, float label)
    {
        var largest = double.NegativeInfinity;
        foreach (var z in outputs)
            largest = Math.Max(largest, z);
        var (truth, sum) = (outputs[(int)label], 0.0);
        foreach (ref var z in outputs)
            sum += z = Math.Exp(z - largest);
        foreach (ref var z in outputs)
            z /= sum;
        outputs[(int)label]--;
        return largest + Math.Log(sum) - truth;
    }

    private protected override Model MakeModel(float[][] weights, float[] biases) => new(Host, weights, biases);

    private protected override MulticlassPredictionTransformer<Model> MakeTransformer(Model model, DataViewSchema trainSchema) =>
        new(Host, model, trainSchema, FeatureColumn.Name, LabelColumn.Name);

    public MulticlassPredictionTransformer<Model> Fit(IDataView trainData, MaximumEntropyModelParameters modelParameters)
    {
        VBuffer<float>[] weights = null;
        modelParameters.GetWeights(ref weights, out _);
        var start = modelParameters.GetBiases().Concat(weights.SelectMany(weight => weight.DenseValues())).Select(value => (double)value).ToArray();
        return new LbfgsMaximumEntropyMulticlassTrainer(Host, LbfgsTrainerOptions) { Start = start }.Fit(trainData);
    }
}
