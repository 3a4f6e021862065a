namespace Microsoft.ML.Trainers;

public interface ILossFunction<in TOutput, in TLabel>
{
    double Loss(TOutput output, TLabel label);
}

public interface IScalarLoss : ILossFunction<float, float>
{
    float Derivative(float output, float label);
}

public interface ISupportSdcaLoss : IScalarLoss
{
    float ComputeDualUpdateInvariant(float scaledFeaturesNormSquared);

    float DualUpdate(float output, float label, float dual, float invariant, int maxNumThreads);

    double DualLoss(float label, float dual);
}

public interface IClassificationLoss : IScalarLoss
{
}

public interface ISupportSdcaClassificationLoss : ISupportSdcaLoss, IClassificationLoss
{
}

public interface IRegressionLoss : IScalarLoss
{
}

public interface ISupportSdcaRegressionLoss : ISupportSdcaLoss, IRegressionLoss
{
}

/// (output - label)^2
public sealed class SquaredLoss : ISupportSdcaRegressionLoss
{
    public SquaredLoss() { }

    public double Loss(float output, float label)
    {
        double difference = output - label;
        return difference * difference;
    }

    public float Derivative(float output, float label) => 2 * (output - label);

    public float ComputeDualUpdateInvariant(float scaledFeaturesNormSquared) => 1 / (0.5f + scaledFeaturesNormSquared);

    public float DualUpdate(float output, float label, float dual, float invariant, int maxNumThreads) =>
        (maxNumThreads >= 2 ? 0.5f : 1) * (label - output - 0.5f * dual) * invariant;

    /// The conjugate of the loss at -dual, negated: label * dual - dual^2 / 4.
    public double DualLoss(float label, float dual) => -dual * (dual / 4 - label);
}

/// -ln p(label) of the logistic model; a label above 0 is positive.
public sealed class LogLoss : ISupportSdcaClassificationLoss
{
    public LogLoss() { }

    public double Loss(float output, float label)
    {
        double margin = label > 0 ? output : -output;
        return margin > 0 ? Math.Log(1 + Math.Exp(-margin)) : -margin + Math.Log(1 + Math.Exp(margin));
    }

    public float Derivative(float output, float label) =>
        label > 0 ? (float)(-1 / (1 + Math.Exp(output))) : (float)(1 / (1 + Math.Exp(-output)));

    public float ComputeDualUpdateInvariant(float scaledFeaturesNormSquared) => 1 / Math.Max(1, 0.25f + scaledFeaturesNormSquared);

    public float DualUpdate(float output, float label, float dual, float invariant, int maxNumThreads)
    {
        label = label > 0 ? 1 : -1;
        var fullUpdate = (label / (1 + (float)Math.Exp(label * output)) - dual) * invariant;
        return maxNumThreads >= 2 ? fullUpdate / 2 : fullUpdate;
    }

    public double DualLoss(float label, float dual)
    {
        if (label <= 0) dual = -dual;
        if (dual is < 0 or > 1) return double.NegativeInfinity;
        return -(XLogX(dual) + XLogX(1 - dual));

        static double XLogX(double x) => x <= 0 ? 0 : x * Math.Log(x);
    }
}

/// exp(output) - label * output
public sealed class PoissonLoss : IRegressionLoss
{
    public PoissonLoss() { }

    public double Loss(float output, float label) => Math.Exp(output) - label * output;

    public float Derivative(float output, float label) => (float)(Math.Exp(output) - label);
}
