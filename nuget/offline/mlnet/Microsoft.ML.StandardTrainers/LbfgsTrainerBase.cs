using Microsoft.ML.Data;
using Microsoft.ML.Numeric;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// Linear models that minimise  (sum of weight * loss + L2 / 2 * |w|^2) / (sum of weights) + L1 / rows * |w|_1.  Biases are not penalised.
public abstract class LbfgsTrainerBase<TOptions, TTransformer, TModel> : TrainerEstimatorBase<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
    where TOptions : LbfgsTrainerBase<TOptions, TTransformer, TModel>.OptionsBase, new()
{
    public abstract class OptionsBase : TrainerInputBaseWithWeight
    {
        protected OptionsBase() { }

        public float L2Regularization = 1;
        public float L1Regularization = 1;
        public float OptimizationTolerance = 1e-7f;
        public int HistorySize = 20;
        public int MaximumNumberOfIterations = int.MaxValue;
        public float StochasticGradientDescentInitilaizationTolerance = 0;
        public bool Quiet;
        public float InitialWeightsDiameter = 0;
        public int? NumberOfThreads;
        public bool DenseOptimizer;
        public bool EnforceNonNegativity;
    }

    private static readonly TrainerInfo _info = new(normalization: true, calibration: false, caching: true, supportIncrementalTrain: true);

    private protected readonly TOptions LbfgsTrainerOptions;

    private protected LbfgsTrainerBase(IHostEnvironment env, TOptions options, SchemaShape.Column label)
        : base(env.Register("LbfgsTrainer"), TrainerUtils.MakeR4VecFeature(options.FeatureColumnName), label, TrainerUtils.MakeR4ScalarWeightColumn(options.ExampleWeightColumnName))
    {
        Host.CheckUserArg(options.L2Regularization >= 0, nameof(options.L2Regularization), "Must be non-negative");
        Host.CheckUserArg(options.L1Regularization >= 0, nameof(options.L1Regularization), "Must be non-negative");
        Host.CheckUserArg(options.OptimizationTolerance > 0, nameof(options.OptimizationTolerance), "Must be positive");
        Host.CheckUserArg(options.HistorySize > 0, nameof(options.HistorySize), "Must be positive");
        Host.CheckUserArg(options.MaximumNumberOfIterations > 0, nameof(options.MaximumNumberOfIterations), "Must be positive");
        Host.CheckUserArg(options.InitialWeightsDiameter >= 0, nameof(options.InitialWeightsDiameter), "Must be non-negative");
        Host.CheckUserArg(options.NumberOfThreads is null or > 0, nameof(options.NumberOfThreads), "Must be positive");
        if (options.StochasticGradientDescentInitilaizationTolerance != 0)
            throw Host.ExceptNotSupp("Initialisation by stochastic gradient descent needs the package Microsoft.ML.");
        LbfgsTrainerOptions = options;
    }

    public override TrainerInfo Info => _info;

    private protected static TOptions Options(string label, string features, string weight, float l1, float l2, float tolerance, int history, bool nonNegative) => new()
    {
        LabelColumnName = label,
        FeatureColumnName = features,
        ExampleWeightColumnName = weight,
        L1Regularization = l1,
        L2Regularization = l2,
        OptimizationTolerance = tolerance,
        HistorySize = history,
        EnforceNonNegativity = nonNegative,
    };

    /// The outputs a row has: one, or one for each class.
    private protected virtual int OutputsOf(DataViewSchema.Column label) => 1;

    private protected virtual void CheckLabelValue(float label) { }

    /// The loss of one row; replaces its outputs by the loss's slopes there.
    private protected abstract double Loss(Span<double> outputs, float label);

    private protected abstract TModel MakeModel(float[][] weights, float[] biases);

    /// Where the optimiser starts, as biases and weights; null for zero.
    private protected double[] Start { get; set; }

    private protected override TModel TrainModelCore(TrainContext trainContext)
    {
        using var channel = Host.Start("Training");
        var outputs = OutputsOf(trainContext.Schema.Label.Value);
        var rows = TrainingRows.Read(Host, channel, trainContext, CheckLabelValue);
        var options = LbfgsTrainerOptions;
        var x = new double[outputs * (1 + rows.Width)];
        if (Start != null)
        {
            Host.Check(Start.Length == x.Length, "The initial model has another number of features or classes than the training data");
            Start.CopyTo(x, 0);
        }
        else if (options.InitialWeightsDiameter > 0)
            for (var i = 0; i < x.Length; i++)
                x[i] = options.InitialWeightsDiameter * (Host.Rand.NextDouble() - 0.5);

        var lbfgs = new Lbfgs((point, gradient) => Objective(rows, outputs, point, gradient), outputs, options.L1Regularization / rows.Count,
            options.HistorySize, options.OptimizationTolerance, options.MaximumNumberOfIterations, options.EnforceNonNegativity);
        lbfgs.Minimize(x, () => Host.CheckAlive());
        if (!options.Quiet)
            channel.Info($"L-BFGS: {lbfgs.Iterations} iterations, objective {lbfgs.Value}");

        var biases = new float[outputs];
        var weights = new float[outputs][];
        for (var k = 0; k < outputs; k++)
        {
            biases[k] = (float)x[k];
            weights[k] = Array.ConvertAll(x[(outputs + k * rows.Width)..(outputs + (k + 1) * rows.Width)], value => (float)value);
        }
        return MakeModel(weights, biases);
    }

    /// The point holds the biases and then the weights of one output after the other.
    private double Objective(TrainingRows rows, int outputs, double[] point, double[] gradient)
    {
        Array.Clear(gradient);
        double sum = 0;
        var width = rows.Width;
        var values = new double[4 * outputs];
        for (var row = 0; row < rows.Count; row += 4)
        {
            // Four rows at a time; the last ones are filled up with rows of weight zero.
            double[] a = rows.Features(row), b = rows.Features(row + 1), c = rows.Features(row + 2), d = rows.Features(row + 3);
            for (var k = 0; k < outputs; k++)
            {
                var (za, zb, zc, zd) = Dense.Dot(a, b, c, d, point.AsSpan(outputs + k * width, width));
                (values[k], values[outputs + k], values[2 * outputs + k], values[3 * outputs + k]) = (point[k] + za, point[k] + zb, point[k] + zc, point[k] + zd);
            }
            for (var r = 0; r < 4; r++)
            {
                var slopes = values.AsSpan(r * outputs, outputs);
                var weight = rows.Weight(row + r);
                if (weight != 0)
                    sum += weight * Loss(slopes, rows.Label(row + r));
                for (var k = 0; k < outputs; k++)
                    gradient[k] += slopes[k] = weight == 0 ? 0 : weight * slopes[k];
            }
            for (var k = 0; k < outputs; k++)
                Dense.Add(values[k], a, values[outputs + k], b, values[2 * outputs + k], c, values[3 * outputs + k], d, gradient.AsSpan(outputs + k * width, width));
        }
        var slope = point.AsSpan(outputs);
        sum += LbfgsTrainerOptions.L2Regularization / 2 * Dense.Dot(slope, slope);
        Dense.Add(LbfgsTrainerOptions.L2Regularization, slope, gradient.AsSpan(outputs));
        Dense.Scale(1 / rows.WeightSum, gradient);
        return sum / rows.WeightSum;
    }

    private protected SchemaShape.Column Output(string name, DataViewType type, bool normalized = false) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, type, false, new SchemaShape(AnnotationUtils.GetTrainerOutputAnnotation(normalized)));

    private protected static double[] StartFrom(LinearModelParameters model) => [model.Bias, .. model.Weights.Select(weight => (double)weight)];
}
