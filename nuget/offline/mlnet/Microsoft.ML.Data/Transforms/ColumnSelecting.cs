using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ColumnSelectingTransformer), typeof(ColumnSelectingTransformer), null, typeof(SignatureLoadModel), "Select Columns Transform", ColumnSelectingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    internal ColumnSelectingEstimator(IHostEnvironment env, string[] keepColumns, string[] dropColumns, bool keepHidden = false)
        : base(env.Register(nameof(ColumnSelectingEstimator)), new ColumnSelectingTransformer(env, keepColumns, dropColumns, keepHidden)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        foreach (var name in Transformer.Names)
            Shapes.Find(Host, inputSchema, name);
        return new SchemaShape(inputSchema.Where(column => Transformer.Names.Contains(column.Name) == Transformer.Keeps));
    }
}

public sealed class ColumnSelectingTransformer : ITransformer
{
    internal const string LoaderSignature = "SelectColumnsTransform";
    private readonly IHost _host;
    private readonly bool _keepHidden;

    internal ColumnSelectingTransformer(IHostEnvironment env, string[] keepColumns, string[] dropColumns, bool keepHidden)
    {
        _host = env.Register(nameof(ColumnSelectingTransformer));
        Keeps = keepColumns != null;
        Names = keepColumns ?? dropColumns;
        _host.CheckValue(Names, nameof(keepColumns));
        _keepHidden = keepHidden;
    }

    internal bool Keeps { get; }
    internal string[] Names { get; }

    private static VersionInfo Version() => new("SELCLSTD", 1, 1, 1, typeof(ColumnSelectingTransformer).Assembly.FullName, LoaderSignature);

    internal static ColumnSelectingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        bool keeps = ctx.Reader.ReadBoolean(), keepHidden = ctx.Reader.ReadBoolean();
        var names = new string[Math.Clamp(ctx.Reader.ReadInt32(), 0, 1 << 20)];
        for (var i = 0; i < names.Length; i++)
            names[i] = ctx.LoadNonEmptyString();
        return new ColumnSelectingTransformer(env, keeps ? names : null, keeps ? null : names, keepHidden);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        ctx.Writer.Write(Keeps);
        ctx.Writer.Write(_keepHidden);
        ctx.Writer.Write(Names.Length);
        foreach (var name in Names)
            ctx.SaveNonEmptyString(name);
    }

    bool ITransformer.IsRowToRowMapper => true;
    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Select(inputSchema);
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Select(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return new View(input, Select(input.Schema));
    }

    private Selection Select(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        foreach (var name in Names)
            if (inputSchema.GetColumnOrNull(name) == null)
                throw _host.ExceptSchemaMismatch(nameof(inputSchema), "input", name);
        var columns = inputSchema.Where(column => _keepHidden || !column.IsHidden);
        var chosen = Keeps ? Names.SelectMany(name => columns.Where(column => column.Name == name)) : columns.Where(column => !Names.Contains(column.Name));
        return new Selection(inputSchema, chosen.Select(column => column.Index).ToArray());
    }

    private sealed class Selection : IRowToRowMapper
    {
        private readonly int[] _sources;

        public Selection(DataViewSchema input, int[] sources)
        {
            (InputSchema, _sources) = (input, sources);
            var builder = new DataViewSchema.Builder();
            foreach (var source in sources)
                builder.AddColumn(input[source].Name, input[source].Type, input[source].Annotations);
            OutputSchema = builder.ToSchema();
        }

        public DataViewSchema InputSchema { get; }
        public DataViewSchema OutputSchema { get; }

        public int Source(DataViewSchema.Column column) => _sources[column.Index];

        public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
            dependingColumns.Select(column => InputSchema[Source(column)]).ToArray();

        public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
            new Row(this, input, activeColumns.Select(column => column.Index).ToHashSet());
    }

    private sealed class Row(Selection selection, DataViewRow input, HashSet<int> active) : DataViewRow
    {
        public override DataViewSchema Schema => selection.OutputSchema;
        public override long Position => input.Position;
        public override long Batch => input.Batch;
        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();
        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Contracts.Check(IsColumnActive(column), $"requested column '{column.Name}' is not active.");
            return input.GetGetter<TValue>(input.Schema[selection.Source(column)]);
        }
        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
        }
    }

    private sealed class View(IDataView source, Selection selection) : IDataView
    {
        public DataViewSchema Schema => selection.OutputSchema;
        public bool CanShuffle => source.CanShuffle;
        public long? GetRowCount() => source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        {
            var needed = columnsNeeded.ToArray();
            return new Cursor(selection, source.GetRowCursor(selection.GetDependencies(needed), rand), needed);
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        {
            var needed = columnsNeeded.ToArray();
            return source.GetRowCursorSet(selection.GetDependencies(needed), n, rand).Select(DataViewRowCursor (cursor) => new Cursor(selection, cursor, needed)).ToArray();
        }
    }

    private sealed class Cursor(Selection selection, DataViewRowCursor input, DataViewSchema.Column[] active) : DataViewRowCursor
    {
        private readonly DataViewRow _row = selection.GetRow(input, active);

        public override DataViewSchema Schema => _row.Schema;
        public override long Position => input.Position;
        public override long Batch => input.Batch;
        public override bool MoveNext() => input.MoveNext();
        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();
        public override bool IsColumnActive(DataViewSchema.Column column) => _row.IsColumnActive(column);
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _row.GetGetter<TValue>(column);
        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
        }
    }
}
