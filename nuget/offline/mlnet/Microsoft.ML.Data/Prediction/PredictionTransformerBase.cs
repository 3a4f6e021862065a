using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public abstract class PredictionTransformerBase<TModel> : IPredictionTransformer<TModel>, IDisposable where TModel : class
{
    private const string ModelDirectory = "Model";
    private const string SchemaStream = "TrainSchema";

    private bool _disposed;

    private protected readonly IHost Host;
    private protected readonly DataViewSchema TrainSchema;

    public TModel Model { get; }

    private protected PredictionTransformerBase(IHost host, TModel model, DataViewSchema trainSchema)
    {
        Contracts.CheckValue(host, nameof(host));
        host.CheckValue(trainSchema, nameof(trainSchema));
        (Host, Model, TrainSchema) = (host, model, trainSchema);
    }

    private protected PredictionTransformerBase(IHost host, ModelLoadContext ctx, TModel model = null)
    {
        Host = host;
        if (model == null) ctx.LoadModel<TModel, SignatureLoadModel>(host, out model, ModelDirectory);
        Model = model;
        DataViewSchema schema = null;
        if (!ctx.TryLoadBinaryStream(SchemaStream, reader => schema = SchemaFile.Read(reader.BaseStream))) throw host.ExceptDecode("The prediction transformer has no schema of its training data");
        TrainSchema = schema;
    }

    /// The model that a saved prediction transformer holds, of whatever type it is.
    internal static object LoadModel(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.LoadModel<object, SignatureLoadModel>(env, out var model, ModelDirectory);
        return model;
    }

    bool ITransformer.IsRowToRowMapper => true;

    public abstract DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    private protected abstract RowMapper MakeRowMapper(DataViewSchema inputSchema);

    public IDataView Transform(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        return new MappedView(input, new RowToRowMapper(input.Schema, MakeRowMapper(input.Schema), scores: true));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return new RowToRowMapper(inputSchema, MakeRowMapper(inputSchema), scores: true);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        SaveCore(ctx);
    }

    private protected virtual void SaveCore(ModelSaveContext ctx)
    {
        ctx.SaveModel(Model, ModelDirectory);
        ctx.SaveBinaryStream(SchemaStream, writer => SchemaFile.Write(writer.BaseStream, TrainSchema));
    }

    public void Dispose()
    {
        if (_disposed) return;
        (Model as IDisposable)?.Dispose();
        _disposed = true;
    }
}

public abstract class SingleFeaturePredictionTransformerBase<TModel> : PredictionTransformerBase<TModel>, ISingleFeaturePredictionTransformer<TModel>, ISingleFeaturePredictionTransformer where TModel : class
{
    public string FeatureColumnName { get; }

    public DataViewType FeatureColumnType { get; }


    private protected SingleFeaturePredictionTransformerBase(IHost host, TModel model, DataViewSchema trainSchema, string featureColumn) : base(host, model, trainSchema)
    {
        FeatureColumnName = featureColumn;
        if (featureColumn == null) FeatureColumnType = null;
        else if (trainSchema.TryGetColumnIndex(featureColumn, out var col)) FeatureColumnType = trainSchema[col].Type;
        else throw Host.ExceptSchemaMismatch(nameof(featureColumn), "feature", featureColumn);
    }

    private protected SingleFeaturePredictionTransformerBase(IHost host, ModelLoadContext ctx, TModel model = null) : base(host, ctx, model)
    {
        FeatureColumnName = ctx.LoadStringOrNull();
        if (FeatureColumnName == null) return;
        if (!TrainSchema.TryGetColumnIndex(FeatureColumnName, out var col)) throw Host.ExceptSchemaMismatch("featureColumn", "feature", FeatureColumnName);
        FeatureColumnType = TrainSchema[col].Type;
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        base.SaveCore(ctx);
        ctx.SaveStringOrNull(FeatureColumnName);
    }

    public sealed override DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        if (FeatureColumnName != null)
        {
            if (!inputSchema.TryGetColumnIndex(FeatureColumnName, out var col)) throw Host.ExceptSchemaMismatch(nameof(inputSchema), "feature", FeatureColumnName);
            if (!inputSchema[col].Type.Equals(FeatureColumnType))
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "feature", FeatureColumnName, FeatureColumnType.ToString(), inputSchema[col].Type.ToString());
        }
        return new RowToRowMapper(inputSchema, MakeRowMapper(inputSchema)).OutputSchema;
    }

    private protected DataViewSchema.Column FeatureColumn(DataViewSchema schema)
    {
        if (schema.GetColumnOrNull(FeatureColumnName) is not { } column) throw Contracts.ExceptParam(nameof(schema), $"{FeatureColumnName} column 'Feature' not found");
        if (!column.Type.Equals(FeatureColumnType)) throw Host.Except($"Incompatible features column type: '{column.Type}' vs '{FeatureColumnType}'");
        return column;
    }
}
