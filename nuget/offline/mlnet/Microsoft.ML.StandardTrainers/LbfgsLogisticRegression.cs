using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

using Model = CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>;

public sealed class LbfgsLogisticRegressionBinaryTrainer : LbfgsTrainerBase<LbfgsLogisticRegressionBinaryTrainer.Options, BinaryPredictionTransformer<Model>, Model>
{
    public sealed class Options : OptionsBase
    {
        public bool ShowTrainingStatistics = false;
    }

    internal LbfgsLogisticRegressionBinaryTrainer(IHostEnvironment env, Options options) : base(env, options, TrainerUtils.MakeBoolScalarLabel(options.LabelColumnName)) { }

    internal LbfgsLogisticRegressionBinaryTrainer(IHostEnvironment env, string label, string features, string weight, float l1, float l2, float tolerance, int history, bool nonNegative)
        : this(env, Options(label, features, weight, l1, l2, tolerance, history, nonNegative)) { }

    private protected override PredictionKind PredictionKind => PredictionKind.BinaryClassification;

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema) =>
    [
        Output(DefaultColumnNames.Score, NumberDataViewType.Single),
        Output(DefaultColumnNames.Probability, NumberDataViewType.Single, normalized: true),
        Output(DefaultColumnNames.PredictedLabel, BooleanDataViewType.Instance),
    ];

    /// The logistic loss: ln(1 + exp(z)) - y z.
    private protected override double Loss(Span<double> outputs, float label)
    {
        var z = outputs[0];
        outputs[0] = 1 / (1 + Math.Exp(-z)) - label;
        return Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z))) - label * z;
    }

    private protected override Model MakeModel(float[][] weights, float[] biases) =>
        new ParameterMixingCalibratedModelParameters<LinearBinaryModelParameters, PlattCalibrator>(Host, new LinearBinaryModelParameters(Host, weights[0], biases[0]), new PlattCalibrator(Host, -1, 0));

    private protected override BinaryPredictionTransformer<Model> MakeTransformer(Model model, DataViewSchema trainSchema) =>
        new(Host, model, trainSchema, FeatureColumn.Name, LabelColumn.Name);

    public BinaryPredictionTransformer<Model> Fit(IDataView trainData, LinearModelParameters modelParameters) =>
        new LbfgsLogisticRegressionBinaryTrainer(Host, LbfgsTrainerOptions) { Start = StartFrom(modelParameters) }.Fit(trainData);
}
