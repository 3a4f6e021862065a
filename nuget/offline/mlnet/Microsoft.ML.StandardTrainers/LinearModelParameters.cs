using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

[assembly: LoadableClass(typeof(LinearBinaryModelParameters), typeof(LinearBinaryModelParameters), null, typeof(SignatureLoadModel), "Linear 2-Class Executor", LinearBinaryModelParameters.LoaderSignature)]
[assembly: LoadableClass(typeof(LinearRegressionModelParameters), typeof(LinearRegressionModelParameters), null, typeof(SignatureLoadModel), "Linear Regression Executor", LinearRegressionModelParameters.LoaderSignature)]
[assembly: LoadableClass(typeof(PoissonRegressionModelParameters), typeof(PoissonRegressionModelParameters), null, typeof(SignatureLoadModel), "Poisson Regression Executor", PoissonRegressionModelParameters.LoaderSignature)]

namespace Microsoft.ML.Trainers;

public abstract class LinearModelParameters : ModelParametersBase<float>, IValueMapper, IFeatureWeights
{
    private readonly float[] _weights;

    private protected LinearModelParameters(IHostEnvironment env, string name, float[] weights, float bias) : base(env, name) =>
        (_weights, Bias) = (weights, bias);

    private protected LinearModelParameters(IHostEnvironment env, string name, ModelLoadContext ctx) : base(env, name, ctx)
    {
        Bias = ctx.Reader.ReadSingle();
        var count = ctx.Reader.ReadInt32();
        Host.CheckDecode(count >= 0 && count <= ctx.Reader.BaseStream.Length / sizeof(float));
        _weights = new float[count];
        for (var i = 0; i < count; i++)
            _weights[i] = ctx.Reader.ReadSingle();
    }

    public IReadOnlyList<float> Weights => _weights.ToImmutableArray();
    public float Bias { get; protected set; }

    DataViewType IValueMapper.InputType => new VectorDataViewType(NumberDataViewType.Single, _weights.Length);
    DataViewType IValueMapper.OutputType => NumberDataViewType.Single;
    IReadOnlyList<float> IFeatureWeights.Weights => _weights;

    ValueMapper<TSrc, TDst> IValueMapper.GetMapper<TSrc, TDst>()
    {
        ValueMapper<VBuffer<float>, float> mapper = (in VBuffer<float> features, ref float score) =>
        {
            if (features.Length != _weights.Length)
                throw Host.Except($"Input is of length {features.Length}, but predictor expected length {_weights.Length}");
            score = Score(Bias + LinearScore.Dot(in features, _weights));
        };
        return (ValueMapper<TSrc, TDst>)(Delegate)mapper;
    }

    /// From the linear predictor to the model's output.
    private protected virtual float Score(float linear) => linear;

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        base.SaveCore(ctx);
        ctx.Writer.Write(Bias);
        ctx.Writer.Write(_weights.Length);
        foreach (var weight in _weights)
            ctx.Writer.Write(weight);
    }
}

internal static class LinearScore
{
    public static float Dot(in VBuffer<float> features, ReadOnlySpan<float> weights)
    {
        var values = features.GetValues();
        var sum = 0f;
        if (features.IsDense)
        {
            var width = System.Numerics.Vector<float>.Count;
            var total = System.Numerics.Vector<float>.Zero;
            var i = 0;
            for (; i <= values.Length - width; i += width)
                total += new System.Numerics.Vector<float>(values[i..]) * new System.Numerics.Vector<float>(weights[i..]);
            sum = System.Numerics.Vector.Sum(total);
            for (; i < values.Length; i++)
                sum += values[i] * weights[i];
            return sum;
        }
        var indices = features.GetIndices();
        for (var i = 0; i < values.Length; i++)
            sum += values[i] * weights[indices[i]];
        return sum;
    }
}

public sealed class LinearBinaryModelParameters : LinearModelParameters
{
    internal const string LoaderSignature = "Linear2CExec";

    internal LinearBinaryModelParameters(IHostEnvironment env, float[] weights, float bias) : base(env, nameof(LinearBinaryModelParameters), weights, bias) { }
    private LinearBinaryModelParameters(IHostEnvironment env, ModelLoadContext ctx) : base(env, nameof(LinearBinaryModelParameters), ctx) { }

    private static VersionInfo Version() => new("LIN2CSTD", 1, 1, 1, typeof(LinearBinaryModelParameters).Assembly.FullName, LoaderSignature);

    internal static LinearBinaryModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new LinearBinaryModelParameters(env, ctx);
    }

    private protected override PredictionKind PredictionKind => PredictionKind.BinaryClassification;

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version());
        base.SaveCore(ctx);
    }
}

public abstract class RegressionModelParameters : LinearModelParameters
{
    private protected RegressionModelParameters(IHostEnvironment env, string name, float[] weights, float bias) : base(env, name, weights, bias) { }
    private protected RegressionModelParameters(IHostEnvironment env, string name, ModelLoadContext ctx) : base(env, name, ctx) { }

    private protected override PredictionKind PredictionKind => PredictionKind.Regression;
}

public sealed class LinearRegressionModelParameters : RegressionModelParameters
{
    internal const string LoaderSignature = "LinearRegressionExec";

    internal LinearRegressionModelParameters(IHostEnvironment env, float[] weights, float bias) : base(env, nameof(LinearRegressionModelParameters), weights, bias) { }
    private LinearRegressionModelParameters(IHostEnvironment env, ModelLoadContext ctx) : base(env, nameof(LinearRegressionModelParameters), ctx) { }

    private static VersionInfo Version() => new("LINREGST", 1, 1, 1, typeof(LinearRegressionModelParameters).Assembly.FullName, LoaderSignature);

    internal static LinearRegressionModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new LinearRegressionModelParameters(env, ctx);
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version());
        base.SaveCore(ctx);
    }
}

/// The score is the mean: the exponential of the linear predictor.
public sealed class PoissonRegressionModelParameters : RegressionModelParameters
{
    internal const string LoaderSignature = "PoissonRegressionExec";

    internal PoissonRegressionModelParameters(IHostEnvironment env, float[] weights, float bias) : base(env, nameof(PoissonRegressionModelParameters), weights, bias) { }
    private PoissonRegressionModelParameters(IHostEnvironment env, ModelLoadContext ctx) : base(env, nameof(PoissonRegressionModelParameters), ctx) { }

    private static VersionInfo Version() => new("POISNSTD", 1, 1, 1, typeof(PoissonRegressionModelParameters).Assembly.FullName, LoaderSignature);

    internal static PoissonRegressionModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new PoissonRegressionModelParameters(env, ctx);
    }

    private protected override float Score(float linear) => MathF.Exp(linear);

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version());
        base.SaveCore(ctx);
    }
}
