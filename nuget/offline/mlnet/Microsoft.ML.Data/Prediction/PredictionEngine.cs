using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed class PredictionEngineOptions
{
    public bool IgnoreMissingColumns = true;

    public SchemaDefinition InputSchemaDefinition;

    public SchemaDefinition OutputSchemaDefinition;

    public bool OwnsTransformer = true;

    public PredictionEngineOptions() { }
}

/// One object in, one object out. Not thread-safe.
public abstract class PredictionEngineBase<TSrc, TDst> : IDisposable where TSrc : class where TDst : class, new()
{
    private readonly InputRow<TSrc> _input;
    private readonly Action<TDst> _fill;
    private readonly IDisposable _disposer;
    private bool _disposed;

    public DataViewSchema OutputSchema { get; }

    private protected PredictionEngineBase(ITransformer transformer, PredictionEngineOptions options)
    {
        Contracts.CheckValue(transformer, nameof(transformer));
        Contracts.CheckParam(transformer.IsRowToRowMapper, nameof(transformer), "Must be a row to row mapper");
        _input = new InputRow<TSrc>(options.InputSchemaDefinition);
        var mapper = transformer.GetRowToRowMapper(_input.Schema);
        var row = mapper.GetRow(_input, mapper.OutputSchema);
        _fill = new RowReader<TDst>(row.Schema, options.IgnoreMissingColumns, options.OutputSchemaDefinition).Bind(row);
        OutputSchema = mapper.OutputSchema;
        if (options.OwnsTransformer) _disposer = transformer as IDisposable;
    }

    public TDst Predict(TSrc example)
    {
        var result = new TDst();
        Predict(example, ref result);
        return result;
    }

    public abstract void Predict(TSrc example, ref TDst prediction);

    private protected void Fill(TSrc example, ref TDst prediction)
    {
        Contracts.CheckValue(example, nameof(example));
        _input.Set(example);
        _fill(prediction ??= new TDst());
    }

    /// Disposes the transformer, where it is disposable and owned.
    public void Dispose()
    {
        if (_disposed) return;
        _disposer?.Dispose();
        _disposed = true;
    }
}

public sealed class PredictionEngine<TSrc, TDst> : PredictionEngineBase<TSrc, TDst> where TSrc : class where TDst : class, new()
{
    internal PredictionEngine(ITransformer transformer, PredictionEngineOptions options) : base(transformer, options) { }

    public override void Predict(TSrc example, ref TDst prediction) => Fill(example, ref prediction);
}

public sealed partial class ModelOperationsCatalog
{
    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, bool ignoreMissingColumns = true, SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
        where TSrc : class where TDst : class, new() =>
        new(transformer, new PredictionEngineOptions { IgnoreMissingColumns = ignoreMissingColumns, InputSchemaDefinition = inputSchemaDefinition, OutputSchemaDefinition = outputSchemaDefinition });

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, DataViewSchema inputSchema)
        where TSrc : class where TDst : class, new() =>
        new(transformer, new PredictionEngineOptions { InputSchemaDefinition = SchemaDefinition.Create(typeof(TSrc), inputSchema) });

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, PredictionEngineOptions options)
        where TSrc : class where TDst : class, new()
    {
        Contracts.CheckValue(options, nameof(options));
        return new(transformer, options);
    }
}
