using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

[assembly: LoadableClass(typeof(MaximumEntropyModelParameters), typeof(MaximumEntropyModelParameters), null, typeof(SignatureLoadModel), "Multi-class LR Executor", MaximumEntropyModelParameters.LoaderSignature)]

namespace Microsoft.ML.Trainers;

public abstract class LinearMulticlassModelParametersBase : ModelParametersBase<VBuffer<float>>, IValueMapper
{
    private readonly float[][] _weights;
    private readonly float[] _biases;

    private protected LinearMulticlassModelParametersBase(IHostEnvironment env, string name, float[][] weights, float[] biases) : base(env, name) =>
        (_weights, _biases) = (weights, biases);

    private protected LinearMulticlassModelParametersBase(IHostEnvironment env, string name, ModelLoadContext ctx) : base(env, name, ctx)
    {
        int classes = ctx.Reader.ReadInt32(), features = ctx.Reader.ReadInt32();
        Host.CheckDecode(classes > 0 && features >= 0 && (long)classes * (features + 1) <= ctx.Reader.BaseStream.Length / sizeof(float));
        _biases = new float[classes];
        _weights = new float[classes][];
        for (var c = 0; c < classes; c++)
        {
            _biases[c] = ctx.Reader.ReadSingle();
            _weights[c] = new float[features];
            for (var i = 0; i < features; i++)
                _weights[c][i] = ctx.Reader.ReadSingle();
        }
    }

    public void GetWeights(ref VBuffer<float>[] weights, out int numClasses)
    {
        numClasses = _weights.Length;
        if (weights == null || weights.Length < numClasses)
            Array.Resize(ref weights, numClasses);
        for (var c = 0; c < numClasses; c++)
            new VBuffer<float>(_weights[c].Length, _weights[c]).CopyTo(ref weights[c]);
    }

    public IEnumerable<float> GetBiases() => _biases;

    private protected override PredictionKind PredictionKind => PredictionKind.MulticlassClassification;

    DataViewType IValueMapper.InputType => new VectorDataViewType(NumberDataViewType.Single, _weights[0].Length);
    DataViewType IValueMapper.OutputType => new VectorDataViewType(NumberDataViewType.Single, _weights.Length);

    ValueMapper<TSrc, TDst> IValueMapper.GetMapper<TSrc, TDst>()
    {
        ValueMapper<VBuffer<float>, VBuffer<float>> mapper = (in VBuffer<float> features, ref VBuffer<float> scores) =>
        {
            if (features.Length != _weights[0].Length)
                throw Host.Except($"Input is of length {features.Length}, but predictor expected length {_weights[0].Length}");
            var editor = VBufferEditor.Create(ref scores, _weights.Length);
            for (var c = 0; c < _weights.Length; c++)
                editor.Values[c] = _biases[c] + LinearScore.Dot(in features, _weights[c]);
            Transform(editor.Values);
            scores = editor.Commit();
        };
        return (ValueMapper<TSrc, TDst>)(Delegate)mapper;
    }

    private protected abstract void Transform(Span<float> scores);

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        base.SaveCore(ctx);
        ctx.Writer.Write(_weights.Length);
        ctx.Writer.Write(_weights[0].Length);
        for (var c = 0; c < _weights.Length; c++)
        {
            ctx.Writer.Write(_biases[c]);
            foreach (var weight in _weights[c])
                ctx.Writer.Write(weight);
        }
    }
}

/// The scores are probabilities: the softmax of the linear predictors.
public sealed class MaximumEntropyModelParameters : LinearMulticlassModelParametersBase
{
    internal const string LoaderSignature = "MultiClassLRExec";

    internal MaximumEntropyModelParameters(IHostEnvironment env, float[][] weights, float[] biases) : base(env, nameof(MaximumEntropyModelParameters), weights, biases) { }
    private MaximumEntropyModelParameters(IHostEnvironment env, ModelLoadContext ctx) : base(env, nameof(MaximumEntropyModelParameters), ctx) { }

    private static VersionInfo Version() => new("MULTLRST", 1, 1, 1, typeof(MaximumEntropyModelParameters).Assembly.FullName, LoaderSignature);

    internal static MaximumEntropyModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new MaximumEntropyModelParameters(env, ctx);
    }

    private protected override void Transform(Span<float> scores)
    {
        var largest = float.NegativeInfinity;
        foreach (var score in scores)
            largest = Math.Max(largest, score);
        var sum = 0f;
        foreach (ref var score in scores)
            sum += score = MathF.Exp(score - largest);
        foreach (ref var score in scores)
            score /= sum;
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version());
        base.SaveCore(ctx);
    }
}
