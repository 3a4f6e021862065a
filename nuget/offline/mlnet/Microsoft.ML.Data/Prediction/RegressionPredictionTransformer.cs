using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ISingleFeaturePredictionTransformer<object>), typeof(RegressionPredictionTransformer), null, typeof(SignatureLoadModel), "", RegressionPredictionTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

internal static class RegressionPredictionTransformer
{
    public const string LoaderSignature = "RegressionPredXfer";

    public static VersionInfo Version => new("REG\0PRED", 0x00010001, 0x00010001, 0x00010001, typeof(RegressionPredictionTransformer).Assembly.FullName, LoaderSignature);

    public static ISingleFeaturePredictionTransformer<object> Create(IHostEnvironment env, ModelLoadContext ctx) =>
        PredictionLoader.Create(typeof(RegressionPredictionTransformer<>), env, env.Register(nameof(RegressionPredictionTransformer)), ctx, Version);
}

public sealed class RegressionPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel> where TModel : class
{
    internal RegressionPredictionTransformer(IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn)
        : base(Contracts.Valid(env).Register(nameof(RegressionPredictionTransformer)), model, inputSchema, featureColumn) { }

    internal RegressionPredictionTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(Contracts.Valid(env).Register(nameof(RegressionPredictionTransformer)), ctx) { }

    internal RegressionPredictionTransformer(IHostEnvironment env, ModelLoadContext ctx, IHost host, TModel model) : base(host, ctx, model) { }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(RegressionPredictionTransformer.Version);
        base.SaveCore(ctx);
    }

    private protected override RowMapper MakeRowMapper(DataViewSchema inputSchema)
    {
        var feature = FeatureColumn(inputSchema);
        var mapper = Scoring.MapperOf(Model, Host);
        var annotations = new DataViewSchema.Annotations.Builder().SetId(Scoring.NextSetId(inputSchema)).ColumnKind(AnnotationUtils.Const.ScoreColumnKind.Regression).ValueKind(AnnotationUtils.Const.ScoreValueKind.Score);
        return RowMapper.Of([new MappedColumn(new(DefaultColumnNames.Score, NumberDataViewType.Single, annotations.ToAnnotations()), [feature.Index], row =>
        {
            var source = row.GetGetter<VBuffer<float>>(feature);
            var map = mapper.GetMapper<VBuffer<float>, float>();
            VBuffer<float> features = default;
            return (ValueGetter<float>)((ref float value) =>
            {
                source(ref features);
                map(in features, ref value);
            });
        })]);
    }
}
