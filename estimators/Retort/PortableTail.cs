using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Retort;

/// <summary>A linear model of ML.NET's own that ends a portable pipeline: from numbers made for it, it gives exactly the network's scores, as the columns that ML.NET evaluates.</summary>
/// <remarks>ML.NET's own step for ONNX gives vectors alone, and no keys. So a linear model is fitted to a few rows, and the file of ONNX is made to undo what it learned: for <c>w m + b</c> to be the score, m is <c>(score - b) / w</c>; for the softmax of <c>W m + b</c> to be p, m solves <c>W m = ln p - b</c>.</remarks>
internal sealed record PortableTail(ITransformer Transformer, Func<OnnxValue, OnnxValue> Margin)
{
    private const double LeastProbability = 1e-37;

    public static PortableTail Of(MLContext ml, NetworkTransformer network) => network.Model.Task switch
    {
        LearningTask.Binary => Binary(ml),
        LearningTask.Multiclass => Multiclass(ml, network),
        _ => Regression(ml, OnnxExport.Median(network.Fitted.Link)),
    };

    private static PortableTail Binary(MLContext ml)
    {
        var rows = Rows(BooleanDataViewType.Instance, new(), 1, Enumerable.Range(0, 8).Select(i => ((object)(i % 2 == 0), (float[])[i % 2 == 0 ? 1 : -1])));
        var model = ml.BinaryClassification.Trainers.LbfgsLogisticRegression(featureColumnName: OnnxExport.Margin, l1Regularization: 0, l2Regularization: 0.1f).Fit(rows);
        var linear = (LinearBinaryModelParameters)((CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>)model.Model).SubModel;
        return new(model, Line(linear.Weights[0], linear.Bias));
    }

    private static PortableTail Regression(MLContext ml, int place)
    {
        var rows = Rows(NumberDataViewType.Single, new(), 1, Enumerable.Range(0, 8).Select(i => ((object)(i % 2 == 0 ? 1f : -1), (float[])[i % 2 == 0 ? 1 : -1])));
        var model = ml.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options { FeatureColumnName = OnnxExport.Margin, NumberOfThreads = 1, L1Regularization = 0, L2Regularization = 0.01f, MaximumNumberOfIterations = 100 }).Fit(rows);
        var line = Line(model.Model.Weights[0], model.Model.Bias);
        return new(model, served => line(served.Slice(1, place, place + 1)));
    }

    private static PortableTail Multiclass(MLContext ml, NetworkTransformer network)
    {
        var count = network.Fitted.Outputs;
        var annotations = new DataViewSchema.Annotations.Builder();
        network.Classes?.AddTo(annotations, ScoreAnnotations.KeyValues);
        var rows = Rows(new KeyDataViewType(typeof(uint), count), annotations, count, Enumerable.Range(0, count).Select(k => ((object)((uint)k + 1), (float[])[.. Enumerable.Range(0, count).Select(i => i == k ? 1f : 0)])));
        var model = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(featureColumnName: OnnxExport.Margin, l1Regularization: 0, l2Regularization: 0.1f).Fit(rows);
        var weights = default(VBuffer<float>[])!;
        model.Model.GetWeights(ref weights, out _);
        double[] offsets = [.. model.Model.GetBiases().Select(bias => (double)bias)];

        // what is added to all logits alike changes no probability, and makes the matrix one that can be inverted
        var most = weights.Max(row => row.DenseValues().Max(Math.Abs));
        var matrix = weights.Select(row => row.DenseValues().Select(value => value + (double)most).ToArray()).ToArray();
        var square = new double[count * count];
        var inverse = new double[count * count]; // row k: the k-th row of W, which becomes that of the inverse of W^T W, times W^T
        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++)
            {
                square[i * count + j] = Enumerable.Range(0, count).Sum(k => matrix[k][i] * matrix[k][j]);
                inverse[i * count + j] = matrix[i][j];
            }

        SymmetricSolve.Solve(square, inverse, count);
        return new(model, served =>
        {
            var wanted = served.To(OnnxType.Double).Max(LeastProbability).Log() - served.Graph.Constant(offsets, count);
            return wanted.MatMul(served.Graph.Constant(inverse, count, count)).To(OnnxType.Float);
        });
    }

    private static Func<OnnxValue, OnnxValue> Line(double weight, double bias) =>
        weight == 0 ? throw new InvalidOperationException("A linear model that ends a portable pipeline must have a weight, but has learned none.")
            : served => ((served.To(OnnxType.Double) - bias) / weight).To(OnnxType.Float);

    /// <summary>Rows of a label and numbers of the shape in which ML.NET's step for ONNX gives them.</summary>
    private static ProbeRows Rows(DataViewType label, DataViewSchema.Annotations.Builder annotations, int width, IEnumerable<(object Label, float[] Margin)> rows)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Label", label, annotations.ToAnnotations());
        schema.AddColumn(OnnxExport.Margin, new VectorDataViewType(NumberDataViewType.Single, 1, width));
        return new(schema.ToSchema(), [.. rows.Select(row => (object[])[row.Label, new VBuffer<float>(width, row.Margin)])]);
    }
}
