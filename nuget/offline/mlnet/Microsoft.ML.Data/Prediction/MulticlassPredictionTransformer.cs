using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ISingleFeaturePredictionTransformer<object>), typeof(MulticlassPredictionTransformer), null, typeof(SignatureLoadModel), "", MulticlassPredictionTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

internal static class MulticlassPredictionTransformer
{
    public const string LoaderSignature = "MulticlassPredXfer";

    public static VersionInfo Version => new("MC\0\0PRED", 0x00010002, 0x00010001, 0x00010001, typeof(MulticlassPredictionTransformer).Assembly.FullName, LoaderSignature);

    public static ISingleFeaturePredictionTransformer<object> Create(IHostEnvironment env, ModelLoadContext ctx) =>
        PredictionLoader.Create(typeof(MulticlassPredictionTransformer<>), env, env.Register(nameof(MulticlassPredictionTransformer)), ctx, Version);
}

public sealed class MulticlassPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel> where TModel : class
{
    private readonly string _labelColumn;
    private readonly string _scoreColumn;
    private readonly string _predictedLabelColumn;

    internal MulticlassPredictionTransformer(IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn, string labelColumn, string scoreColumn = DefaultColumnNames.Score, string predictedLabel = DefaultColumnNames.PredictedLabel)
        : base(Contracts.Valid(env).Register(nameof(MulticlassPredictionTransformer)), model, inputSchema, featureColumn)
    {
        Host.CheckValueOrNull(labelColumn);
        (_labelColumn, _scoreColumn, _predictedLabelColumn) = (labelColumn, scoreColumn, predictedLabel);
    }

    internal MulticlassPredictionTransformer(IHostEnvironment env, ModelLoadContext ctx) : this(env, ctx, Contracts.Valid(env).Register(nameof(MulticlassPredictionTransformer)), null) { }

    internal MulticlassPredictionTransformer(IHostEnvironment env, ModelLoadContext ctx, IHost host, TModel model) : base(host, ctx, model)
    {
        _labelColumn = ctx.LoadStringOrNull();
        (_scoreColumn, _predictedLabelColumn) = ctx.Header.ModelVerWritten >= 0x00010002 ? (ctx.LoadString(), ctx.LoadString()) : (DefaultColumnNames.Score, DefaultColumnNames.PredictedLabel);
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(MulticlassPredictionTransformer.Version);
        base.SaveCore(ctx);
        ctx.SaveStringOrNull(_labelColumn);
        ctx.SaveString(_scoreColumn);
        ctx.SaveString(_predictedLabelColumn);
    }

    private protected override RowMapper MakeRowMapper(DataViewSchema inputSchema) => new Mapper(this, inputSchema, FeatureColumn(inputSchema));

    /// PredictedLabel, a key with the label's values, and Score, one number a class.
    private sealed class Mapper : RowMapper
    {
        private readonly DataViewSchema.Column _feature;
        private readonly IValueMapper _model;

        public Mapper(MulticlassPredictionTransformer<TModel> parent, DataViewSchema schema, DataViewSchema.Column feature)
        {
            _feature = feature;
            _model = Scoring.MapperOf(parent.Model, parent.Host);
            var classes = _model.OutputType.GetVectorSize();
            const string kind = AnnotationUtils.Const.ScoreColumnKind.MulticlassClassification;
            var id = Scoring.NextSetId(schema);
            var values = parent._labelColumn == null ? null : parent.TrainSchema.GetColumnOrNull(parent._labelColumn)?.Annotations;
            var valuesType = values?.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type as VectorDataViewType;
            if (valuesType?.Size != classes) valuesType = null;
            var getter = valuesType == null ? null : values.GetGetterInternal(values.Schema[AnnotationUtils.Kinds.KeyValues].Index);

            var label = new DataViewSchema.Annotations.Builder().ColumnKind(kind).ValueKind(AnnotationUtils.Const.ScoreValueKind.PredictedLabel);
            if (getter != null) label.Add(AnnotationUtils.Kinds.KeyValues, valuesType, getter);
            label.SetId(id);
            var score = new DataViewSchema.Annotations.Builder().ColumnKind(kind).SetId(id).ValueKind(AnnotationUtils.Const.ScoreValueKind.Score);
            if (getter != null) score.Add(AnnotationUtils.Kinds.TrainingLabelValues, valuesType, getter);
            if (valuesType is { ItemType: TextDataViewType }) score.Add(AnnotationUtils.Kinds.SlotNames, valuesType, getter);
            Columns =
            [
                new(parent._predictedLabelColumn, new KeyDataViewType(typeof(uint), classes), label.ToAnnotations()),
                new(parent._scoreColumn, new VectorDataViewType(NumberDataViewType.Single, classes), score.ToAnnotations()),
            ];
        }

        public override DataViewSchema.DetachedColumn[] Columns { get; }

        public override IEnumerable<int> Sources(int column) => [_feature.Index];

        public override Delegate[] Getters(DataViewRow row, Func<int, bool> active)
        {
            var getters = new Delegate[2];
            if (!active(0) && !active(1)) return getters;
            var source = row.GetGetter<VBuffer<float>>(_feature);
            var map = _model.GetMapper<VBuffer<float>, VBuffer<float>>();
            VBuffer<float> features = default, scores = default;
            var ensure = Scoring.OncePerRow(row, () =>
            {
                source(ref features);
                map(in features, ref scores);
            });
            getters[0] = (ValueGetter<uint>)((ref uint value) =>
            {
                ensure();
                value = 0;
                var best = float.NegativeInfinity;
                for (var i = 0; i < scores.Length; i++)
                    if (scores.GetItemOrDefault(i) is var score && (score > best || value == 0 && score == best)) (best, value) = (score, (uint)i + 1);
            });
            getters[1] = (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                ensure();
                scores.CopyTo(ref value);
            });
            return getters;
        }
    }
}
