using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

using Model = PoissonRegressionModelParameters;

public sealed class LbfgsPoissonRegressionTrainer : LbfgsTrainerBase<LbfgsPoissonRegressionTrainer.Options, RegressionPredictionTransformer<Model>, Model>
{
    public sealed class Options : OptionsBase
    {
    }

    internal LbfgsPoissonRegressionTrainer(IHostEnvironment env, Options options) : base(env, options, TrainerUtils.MakeR4ScalarColumn(options.LabelColumnName)) { }

    internal LbfgsPoissonRegressionTrainer(IHostEnvironment env, string label, string features, string weight, float l1, float l2, float tolerance, int history, bool nonNegative)
        : this(env, Options(label, features, weight, l1, l2, tolerance, history, nonNegative)) { }

    private protected override PredictionKind PredictionKind => PredictionKind.Regression;

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema) => [Output(DefaultColumnNames.Score, NumberDataViewType.Single)];

    private protected override void CheckLabelValue(float label) =>
        Host.Check(label >= 0, FormattableString.Invariant($"Poisson regression must regress to a non-negative label, but label {label} encountered"));

    /// The negative log-likelihood of a Poisson mean exp(z), without its constant.
    private protected override double Loss(Span<double> outputs, float label)
    {
        var (z, mean) = (outputs[0], Math.Exp(outputs[0]));
        outputs[0] = mean - label;
        return mean - label * z;
    }

    private protected override Model MakeModel(float[][] weights, float[] biases) => new(Host, weights[0], biases[0]);

    private protected override RegressionPredictionTransformer<Model> MakeTransformer(Model model, DataViewSchema trainSchema) =>
        new(Host, model, trainSchema, FeatureColumn.Name);

    public RegressionPredictionTransformer<Model> Fit(IDataView trainData, LinearModelParameters linearModel) =>
        new LbfgsPoissonRegressionTrainer(Host, LbfgsTrainerOptions) { Start = StartFrom(linearModel) }.Fit(trainData);
}
