using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class OneHotEncodingEstimator : IEstimator<OneHotEncodingTransformer>
{
    [Flags]
    public enum OutputKind : byte
    {
        Bag = 1,
        Indicator = 2,
        Key = 3,
        Binary = 4,
    }

    private readonly IHost _host;
    private readonly IEstimator<ITransformer> _chain;

    internal OneHotEncodingEstimator(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, OutputKind outputKind, int maximumNumberOfKeys,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality, IDataView keyData)
    {
        _host = env.Register(nameof(OneHotEncodingEstimator));
        var keys = new ValueToKeyMappingEstimator(_host, columns, maximumNumberOfKeys, keyOrdinality, true, keyData);
        var same = columns.Select(pair => (pair.outputColumnName, pair.outputColumnName)).ToArray();
        _chain = outputKind switch
        {
            OutputKind.Key => new EstimatorChain<ValueToKeyMappingTransformer>().Append(keys),
            OutputKind.Indicator or OutputKind.Bag => keys.Append(new KeyToVectorMappingEstimator(_host, outputKind == OutputKind.Bag, same)),
            OutputKind.Binary => throw _host.ExceptNotSupp("OutputKind.Binary needs the package Microsoft.ML."),
            _ => throw _host.ExceptParam(nameof(outputKind), "Unknown output kind"),
        };
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _chain.GetOutputSchema(inputSchema);

    public OneHotEncodingTransformer Fit(IDataView input) => new(_chain.Fit(input));
}

/// A chain of value to key and key to vector; it is saved as that chain.
public sealed class OneHotEncodingTransformer : ITransformer
{
    private readonly ITransformer _chain;

    internal OneHotEncodingTransformer(ITransformer chain) => _chain = chain;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _chain.GetOutputSchema(inputSchema);

    public IDataView Transform(IDataView input) => _chain.Transform(input);

    void ICanSaveModel.Save(ModelSaveContext ctx) => _chain.Save(ctx);

    bool ITransformer.IsRowToRowMapper => _chain.IsRowToRowMapper;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _chain.GetRowToRowMapper(inputSchema);
}
