using Microsoft.ML.Data;
using Microsoft.ML.Numeric;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

using Model = LinearRegressionModelParameters;

/// Minimises  sum of weight * loss / rows + L2 / 2 * |w|^2 + L1 * |w|_1  with a free bias: the optimum that stochastic dual coordinate ascent comes near to,
/// found here by the orthant-wise L-BFGS, so that it depends on no order of rows.
public sealed class SdcaRegressionTrainer : SdcaTrainerBase<SdcaRegressionTrainer.Options, RegressionPredictionTransformer<Model>, Model>
{
    public sealed class Options : OptionsBase
    {
        public Options()
        {
            ConvergenceTolerance = 0.01f;
            BiasLearningRate = 1;
        }

        public ISupportSdcaRegressionLoss LossFunction { get; set; }
    }

    internal SdcaRegressionTrainer(IHostEnvironment env, Options options) : base(env, options, TrainerUtils.MakeR4ScalarColumn(options.LabelColumnName)) { }

    private protected override PredictionKind PredictionKind => PredictionKind.Regression;

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema) =>
        [new(DefaultColumnNames.Score, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false, new SchemaShape(AnnotationUtils.GetTrainerOutputAnnotation()))];

    private protected override Model TrainModelCore(TrainContext trainContext)
    {
        using var channel = Host.Start("Training");
        var rows = TrainingRows.Read(Host, channel, trainContext);
        var loss = SdcaTrainerOptions.LossFunction ?? new SquaredLoss();
        var l2 = SdcaTrainerOptions.L2Regularization ?? (rows.Count > 10_000 ? 1e-4 : rows.Count < 200 ? 1e-2 : 1e-3);
        var x = new double[1 + rows.Width];
        var lbfgs = new Lbfgs((point, gradient) => Objective(rows, loss, l2, point, gradient), free: 1, SdcaTrainerOptions.L1Regularization ?? 0, history: 20, tolerance: 1e-10, maximumIterations: 10_000, nonNegative: false);
        lbfgs.Minimize(x, () => Host.CheckAlive());
        channel.Info($"{lbfgs.Iterations} iterations, objective {lbfgs.Value}");
        return new Model(Host, Array.ConvertAll(x[1..], value => (float)value), (float)x[0]);
    }

    private static double Objective(TrainingRows rows, ISupportSdcaRegressionLoss loss, double l2, double[] point, double[] gradient)
    {
        Array.Clear(gradient);
        double sum = 0;
        var weights = point.AsSpan(1);
        for (var row = 0; row < rows.Count; row++)
        {
            var features = rows.Features(row);
            var score = point[0] + Dense.Dot(features, weights);
            double value, slope;
            if (loss is SquaredLoss)
                (value, slope) = ((score - rows.Label(row)) * (score - rows.Label(row)), 2 * (score - rows.Label(row)));
            else
                (value, slope) = (loss.Loss((float)score, rows.Label(row)), loss.Derivative((float)score, rows.Label(row)));
            var weight = rows.Weight(row) / rows.Count;
            sum += weight * value;
            gradient[0] += weight * slope;
            Dense.Add(weight * slope, features, gradient.AsSpan(1));
        }
        Dense.Add(l2, weights, gradient.AsSpan(1));
        return sum + l2 / 2 * Dense.Dot(weights, weights);
    }

    private protected override RegressionPredictionTransformer<Model> MakeTransformer(Model model, DataViewSchema trainSchema) =>
        new(Host, model, trainSchema, FeatureColumn.Name);
}
