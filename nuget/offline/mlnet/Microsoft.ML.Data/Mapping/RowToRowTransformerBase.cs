using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public abstract class RowToRowTransformerBase : ITransformer
{
    private protected readonly IHost Host;

    private protected RowToRowTransformerBase(IHost host) => Host = host;

    void ICanSaveModel.Save(ModelSaveContext ctx) => SaveModel(ctx);

    private protected abstract void SaveModel(ModelSaveContext ctx);

    /// The computed columns, or an exception where the input does not fit.
    private protected abstract IRowMapper MakeRowMapper(DataViewSchema schema);

    bool ITransformer.IsRowToRowMapper => true;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input)
    {
        Contracts.CheckValue(input, nameof(input));
        return new MappedView(input, Bind(input.Schema));
    }

    private RowToRowMapper Bind(DataViewSchema inputSchema)
    {
        Contracts.CheckValue(inputSchema, nameof(inputSchema));
        return new RowToRowMapper(inputSchema, MakeRowMapper(inputSchema));
    }
}

/// Each output column is computed from one input column.
public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    private protected readonly (string outputColumnName, string inputColumnName)[] ColumnPairs;

    private protected OneToOneTransformerBase(IHost host, params (string outputColumnName, string inputColumnName)[] columns) : base(host)
    {
        Contracts.CheckValue(columns, nameof(columns));
        var names = new HashSet<string>();
        foreach (var (output, input) in columns)
        {
            Contracts.CheckNonEmpty(input, nameof(columns));
            Contracts.CheckNonEmpty(output, nameof(columns));
            if (!names.Add(output)) throw Contracts.ExceptParam(nameof(columns), $"Output column '{output}' specified multiple times");
        }
        ColumnPairs = columns;
    }

    private protected OneToOneTransformerBase(IHost host, ModelLoadContext ctx) : base(host)
    {
        var count = ctx.Reader.ReadInt32();
        Host.CheckDecode(count > 0);
        ColumnPairs = new (string, string)[count];
        for (var i = 0; i < count; i++)
        {
            var output = ctx.LoadNonEmptyString();
            ColumnPairs[i] = (output, ctx.LoadNonEmptyString());
        }
    }

    private protected void SaveColumns(ModelSaveContext ctx)
    {
        ctx.Writer.Write(ColumnPairs.Length);
        foreach (var (output, input) in ColumnPairs)
        {
            ctx.SaveNonEmptyString(output);
            ctx.SaveNonEmptyString(input);
        }
    }

    /// Refuses an input column of the wrong type. Called before MapColumn.
    private protected virtual void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol) { }

    /// The computed column of one pair.
    private protected abstract MappedColumn MapColumn(DataViewSchema inputSchema, int col, int srcCol);

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => RowMapper.Of(ColumnPairs.Select((pair, i) =>
    {
        if (!schema.TryGetColumnIndex(pair.inputColumnName, out var source)) throw Host.ExceptSchemaMismatch("inputSchema", "input", pair.inputColumnName);
        CheckInputColumn(schema, i, source);
        return MapColumn(schema, i, source);
    }).ToArray());
}
