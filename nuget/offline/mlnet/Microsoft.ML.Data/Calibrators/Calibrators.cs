using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(PlattCalibrator), null, typeof(SignatureLoadModel), "Platt Calibration Executor", PlattCalibrator.LoaderSignature)]
[assembly: LoadableClass(typeof(object), typeof(CalibratedModel), null, typeof(SignatureLoadModel), "Calibrated Predictor Executor", CalibratedModel.LoaderSignature)]

namespace Microsoft.ML.Calibrators;

public interface ICalibrator
{
    float PredictProbability(float output);
}

public sealed class PlattCalibrator : ICalibrator, ICanSaveModel
{
    internal const string LoaderSignature = "PlattCaliExec";

    private static VersionInfo Version => new("PLATTCAL", 0x00010001, 0x00010001, 0x00010001, typeof(PlattCalibrator).Assembly.FullName, LoaderSignature);

    public double Slope { get; }

    public double Offset { get; }

    internal PlattCalibrator(IHostEnvironment env, double slope, double offset) => (Slope, Offset) = (slope, offset);

    private PlattCalibrator(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        Slope = ctx.Reader.ReadDouble();
        Offset = ctx.Reader.ReadDouble();
        Contracts.CheckDecode(double.IsFinite(Slope) && double.IsFinite(Offset));
    }

    public float PredictProbability(float output) => float.IsNaN(output) ? output : (float)(1 / (1 + Math.Exp(Slope * output + Offset)));

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        ctx.Writer.Write(Slope);
        ctx.Writer.Write(Offset);
    }
}

public abstract class CalibratedModelParametersBase
{
    public object SubModel { get; }

    public ICalibrator Calibrator { get; }

    private protected CalibratedModelParametersBase(object subModel, ICalibrator calibrator) => (SubModel, Calibrator) = (subModel, calibrator);
}

public abstract class CalibratedModelParametersBase<TSubModel, TCalibrator> : CalibratedModelParametersBase
    where TSubModel : class
    where TCalibrator : class, ICalibrator
{
    public new TSubModel SubModel => (TSubModel)base.SubModel;

    public new TCalibrator Calibrator => (TCalibrator)base.Calibrator;

    private protected CalibratedModelParametersBase(TSubModel subModel, TCalibrator calibrator) : base(subModel, calibrator) { }
}

/// A model that gives raw scores, and the calibrator that turns them into probabilities.
internal sealed class ParameterMixingCalibratedModelParameters<TSubModel, TCalibrator> : CalibratedModelParametersBase<TSubModel, TCalibrator>, IValueMapperDist, IPredictorProducing<float>, ICanSaveModel
    where TSubModel : class
    where TCalibrator : class, ICalibrator
{
    private readonly IValueMapper _mapper;

    public ParameterMixingCalibratedModelParameters(IHostEnvironment env, TSubModel subModel, TCalibrator calibrator) : base(subModel, calibrator)
    {
        _mapper = subModel as IValueMapper ?? throw Contracts.ExceptParam(nameof(subModel), "The model must map values");
    }

    public PredictionKind PredictionKind => (SubModel as IPredictor)?.PredictionKind ?? PredictionKind.BinaryClassification;

    public DataViewType InputType => _mapper.InputType;

    public DataViewType OutputType => _mapper.OutputType;

    public DataViewType DistType => NumberDataViewType.Single;

    public ValueMapper<TSrc, TDst> GetMapper<TSrc, TDst>() => _mapper.GetMapper<TSrc, TDst>();

    public ValueMapper<TSrc, TDst, TDist> GetMapper<TSrc, TDst, TDist>()
    {
        var map = _mapper.GetMapper<TSrc, float>();
        ValueMapper<TSrc, float, float> both = (in TSrc src, ref float score, ref float probability) =>
        {
            map(in src, ref score);
            probability = Calibrator.PredictProbability(score);
        };
        return (ValueMapper<TSrc, TDst, TDist>)(Delegate)both;
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(CalibratedModel.Version);
        ctx.SaveModel(SubModel, "Predictor");
        ctx.SaveModel(Calibrator, "Calibrator");
    }
}

internal static class CalibratedModel
{
    public const string LoaderSignature = "PMixCaliPredExec";

    public static VersionInfo Version => new("PMIXCALP", 0x00010001, 0x00010001, 0x00010001, typeof(CalibratedModel).Assembly.FullName, LoaderSignature);

    public static object Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        ctx.LoadModel<object, SignatureLoadModel>(env, out var model, "Predictor");
        ctx.LoadModel<ICalibrator, SignatureLoadModel>(env, out var calibrator, "Calibrator");
        return Of(env, model, calibrator);
    }

    /// The calibrated model with the types that its parts have at run time.
    public static object Of(IHostEnvironment env, object model, ICalibrator calibrator) =>
        Activator.CreateInstance(typeof(ParameterMixingCalibratedModelParameters<,>).MakeGenericType(model.GetType(), calibrator.GetType()), env, model, calibrator);
}
