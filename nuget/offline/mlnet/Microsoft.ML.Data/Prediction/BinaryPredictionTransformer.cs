using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ISingleFeaturePredictionTransformer<object>), typeof(BinaryPredictionTransformer), null, typeof(SignatureLoadModel), "", BinaryPredictionTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

internal static class BinaryPredictionTransformer
{
    public const string LoaderSignature = "BinaryPredXfer";

    public static VersionInfo Version => new("BIN\0PRED", 0x00010001, 0x00010001, 0x00010001, typeof(BinaryPredictionTransformer).Assembly.FullName, LoaderSignature);

    public static ISingleFeaturePredictionTransformer<object> Create(IHostEnvironment env, ModelLoadContext ctx) =>
        PredictionLoader.Create(typeof(BinaryPredictionTransformer<>), env, env.Register(nameof(BinaryPredictionTransformer)), ctx, Version);
}

public sealed class BinaryPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel> where TModel : class
{
    internal readonly string ThresholdColumn;
    internal readonly float Threshold;
    internal readonly string LabelColumnName;

    internal BinaryPredictionTransformer(IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn, float threshold = 0, string thresholdColumn = DefaultColumnNames.Score)
        : this(env, model, inputSchema, featureColumn, null, threshold, thresholdColumn) { }

    internal BinaryPredictionTransformer(IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn, string labelColumn, float threshold = 0, string thresholdColumn = DefaultColumnNames.Score)
        : base(Contracts.Valid(env).Register(nameof(BinaryPredictionTransformer)), model, inputSchema, featureColumn)
    {
        Host.CheckNonEmpty(thresholdColumn, nameof(thresholdColumn));
        (Threshold, ThresholdColumn, LabelColumnName) = (threshold, thresholdColumn, labelColumn);
    }

    internal BinaryPredictionTransformer(IHostEnvironment env, ModelLoadContext ctx) : this(env, ctx, Contracts.Valid(env).Register(nameof(BinaryPredictionTransformer)), null) { }

    internal BinaryPredictionTransformer(IHostEnvironment env, ModelLoadContext ctx, IHost host, TModel model) : base(host, ctx, model)
    {
        Threshold = ctx.Reader.ReadSingle();
        ThresholdColumn = ctx.LoadString();
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(BinaryPredictionTransformer.Version);
        base.SaveCore(ctx);
        ctx.Writer.Write(Threshold);
        ctx.SaveString(ThresholdColumn);
    }

    private protected override RowMapper MakeRowMapper(DataViewSchema inputSchema) => new Mapper(this, inputSchema, FeatureColumn(inputSchema));

    /// PredictedLabel, Score, and Probability where the model has one.
    private sealed class Mapper : RowMapper
    {
        private readonly BinaryPredictionTransformer<TModel> _parent;
        private readonly DataViewSchema.Column _feature;
        private readonly IValueMapper _model;

        public Mapper(BinaryPredictionTransformer<TModel> parent, DataViewSchema schema, DataViewSchema.Column feature)
        {
            (_parent, _feature) = (parent, feature);
            _model = Scoring.MapperOf(parent.Model, parent.Host);
            const string kind = AnnotationUtils.Const.ScoreColumnKind.BinaryClassification;
            var id = Scoring.NextSetId(schema);
            var label = new DataViewSchema.Annotations.Builder().ColumnKind(kind).ValueKind(AnnotationUtils.Const.ScoreValueKind.PredictedLabel).SetId(id);
            var score = new DataViewSchema.Annotations.Builder().ColumnKind(kind).SetId(id).ValueKind(AnnotationUtils.Const.ScoreValueKind.Score);
            var columns = new List<DataViewSchema.DetachedColumn>
            {
                new(DefaultColumnNames.PredictedLabel, BooleanDataViewType.Instance, label.ToAnnotations()),
                new(DefaultColumnNames.Score, NumberDataViewType.Single, score.ToAnnotations()),
            };
            if (_model is IValueMapperDist)
            {
                var probability = new DataViewSchema.Annotations.Builder().ColumnKind(kind).SetId(id);
                probability.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
                columns.Add(new(DefaultColumnNames.Probability, NumberDataViewType.Single, probability.ValueKind(AnnotationUtils.Const.ScoreValueKind.Probability).ToAnnotations()));
            }
            Columns = columns.ToArray();
        }

        public override DataViewSchema.DetachedColumn[] Columns { get; }

        public override IEnumerable<int> Sources(int column) => [_feature.Index];

        public override Delegate[] Getters(DataViewRow row, Func<int, bool> active)
        {
            var getters = new Delegate[Columns.Length];
            if (!Enumerable.Range(0, getters.Length).Any(active)) return getters;
            var source = row.GetGetter<VBuffer<float>>(_feature);
            VBuffer<float> features = default;
            float score = 0, probability = 0;
            Action compute;
            if (_model is IValueMapperDist calibrated)
            {
                var map = calibrated.GetMapper<VBuffer<float>, float, float>();
                compute = () =>
                {
                    source(ref features);
                    map(in features, ref score, ref probability);
                };
            }
            else
            {
                var map = _model.GetMapper<VBuffer<float>, float>();
                compute = () =>
                {
                    source(ref features);
                    map(in features, ref score);
                };
            }
            var ensure = Scoring.OncePerRow(row, compute);
            var (threshold, byProbability) = (_parent.Threshold, _parent.ThresholdColumn == DefaultColumnNames.Probability);
            getters[0] = (ValueGetter<bool>)((ref bool value) =>
            {
                ensure();
                value = (byProbability ? probability : score) > threshold;
            });
            getters[1] = (ValueGetter<float>)((ref float value) =>
            {
                ensure();
                value = score;
            });
            if (getters.Length > 2)
                getters[2] = (ValueGetter<float>)((ref float value) =>
                {
                    ensure();
                    value = probability;
                });
            return getters;
        }
    }
}
