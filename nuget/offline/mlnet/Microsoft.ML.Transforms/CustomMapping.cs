using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ITransformer), typeof(CustomMappingLoader), null, typeof(SignatureLoadModel), "", CustomMappingLoader.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed class CustomMappingEstimator<TSrc, TDst> : TrivialEstimator<CustomMappingTransformer<TSrc, TDst>>
    where TSrc : class, new()
    where TDst : class, new()
{
    internal CustomMappingEstimator(IHostEnvironment env, Action<TSrc, TDst> mapAction, string contractName, SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
        : base(env.Register(nameof(CustomMappingEstimator<TSrc, TDst>)), new CustomMappingTransformer<TSrc, TDst>(env, mapAction, contractName, inputSchemaDefinition, outputSchemaDefinition)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        foreach (var needed in Transformer.Input)
        {
            var column = Shapes.Find(Host, inputSchema, needed.ColumnName ?? needed.MemberName);
            SchemaShape.GetColumnTypeShape(needed.ColumnType, out var kind, out var item, out var isKey);
            var fits = column.ItemType.Equals(item) && column.IsKey == isKey
                && (column.Kind == kind || kind == SchemaShape.Column.VectorKind.VariableVector && column.Kind == SchemaShape.Column.VectorKind.Vector);
            if (!fits)
                throw Shapes.Mismatch(Host, "input", column, new SchemaShape.Column(column.Name, kind, item, isKey).GetTypeString());
        }
        return Shapes.With(inputSchema, SchemaShape.Create(Transformer.Output.Schema));
    }
}

public sealed class CustomMappingTransformer<TSrc, TDst> : ITransformer
    where TSrc : class, new()
    where TDst : class, new()
{
    private readonly IHost _host;
    private readonly Action<TSrc, TDst> _action;
    private readonly string _contract;

    internal CustomMappingTransformer(IHostEnvironment env, Action<TSrc, TDst> mapAction, string contractName, SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
    {
        _host = env.Register(nameof(CustomMappingTransformer<TSrc, TDst>));
        _host.CheckValue(mapAction, nameof(mapAction));
        (_action, _contract) = (mapAction, contractName);
        Input = inputSchemaDefinition ?? SchemaDefinition.Create(typeof(TSrc), SchemaDefinition.Direction.Write);
        Output = new InputColumns<TDst>(outputSchemaDefinition ?? SchemaDefinition.Create(typeof(TDst), SchemaDefinition.Direction.Read));
    }

    internal SchemaDefinition Input { get; }
    internal InputColumns<TDst> Output { get; }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return new MappedView(input, Bind(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    private RowToRowMapper Bind(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        foreach (var column in Input)
            if (inputSchema.GetColumnOrNull(column.ColumnName ?? column.MemberName) == null)
                throw _host.ExceptSchemaMismatch("Schema", "", column.ColumnName ?? column.MemberName);
        return new RowToRowMapper(inputSchema, new Mapper(this, new RowReader<TSrc>(inputSchema, false, Input)));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        if (string.IsNullOrEmpty(_contract))
            throw _host.Except("Empty contract name for a transform: the transform cannot be saved");
        ctx.CheckAtModel();
        ctx.SetVersionInfo(CustomMappingLoader.Version());
        ctx.SaveString(_contract);
        ctx.SaveString(_action.Method.DeclaringType.Assembly.FullName);
    }

    /// One source and one result object a row stream; both are used again for the next row.
    private sealed class Mapper(CustomMappingTransformer<TSrc, TDst> parent, RowReader<TSrc> reader) : RowMapper
    {
        public override DataViewSchema.DetachedColumn[] Columns { get; } =
            parent.Output.Schema.Select(column => new DataViewSchema.DetachedColumn(column.Name, column.Type, column.Annotations)).ToArray();

        public override IEnumerable<int> Sources(int column) => reader.Columns.Select(source => source.Index);

        public override Delegate[] Getters(DataViewRow row, Func<int, bool> active)
        {
            var getters = new Delegate[Columns.Length];
            if (!Enumerable.Range(0, getters.Length).Any(active))
                return getters;
            var fill = reader.Bind(row);
            var source = new TSrc();
            var holder = new Holder<TDst> { Value = new TDst() };
            var compute = Scoring.OncePerRow(row, () =>
            {
                fill(source);
                parent._action(source, holder.Value);
            });
            for (var i = 0; i < getters.Length; i++)
                if (active(i))
                    getters[i] = (Delegate)Typed.Call(typeof(Mapper), nameof(After), [Columns[i].Type.RawType], compute, parent.Output.Getter(i, holder));
            return getters;
        }

        private static Delegate After<T>(Action compute, Delegate getter)
        {
            var read = (ValueGetter<T>)getter;
            return (ValueGetter<T>)((ref T value) =>
            {
                compute();
                read(ref value);
            });
        }
    }
}

/// Finds the factory of a saved mapping by its contract, in the assembly that the mapping came from.
internal static class CustomMappingLoader
{
    public const string LoaderSignature = "CustomTransformer";

    public static VersionInfo Version() => new("CUSTOMXF", 1, 1, 1, typeof(CustomMappingLoader).Assembly.FullName, LoaderSignature);

    public static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        var (contract, assembly) = (ctx.LoadString(), ctx.LoadString());
        env.ComponentCatalog.RegisterAssembly(Assembly.Load(assembly));
        var factory = env.ComponentCatalog.GetExtensionValue(env, typeof(CustomMappingFactoryAttributeAttribute), contract) as ICustomMappingFactory
            ?? throw env.Except($"The class with contract '{contract}' must derive from CustomMappingFactory");
        return factory.CreateTransformer(env, contract);
    }
}
