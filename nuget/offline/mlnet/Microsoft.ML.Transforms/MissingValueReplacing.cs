using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(MissingValueReplacingTransformer), typeof(MissingValueReplacingTransformer), null, typeof(SignatureLoadModel), "NA Replace Transform", MissingValueReplacingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed class MissingValueReplacingEstimator : IEstimator<MissingValueReplacingTransformer>
{
    public enum ReplacementMode : byte
    {
        DefaultValue = 0,
        Mean = 1,
        Minimum = 2,
        Maximum = 3,
        Mode = 5,
    }

    private readonly IHost _host;
    private readonly (string outputColumnName, string inputColumnName)[] _columns;
    private readonly ReplacementMode _mode;
    private readonly bool _bySlot;

    internal MissingValueReplacingEstimator(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, ReplacementMode mode, bool bySlot)
    {
        _host = env.Register(nameof(MissingValueReplacingEstimator));
        _host.CheckValue(columns, nameof(columns));
        (_columns, _mode, _bySlot) = (columns, mode, bySlot);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return Shapes.With(inputSchema, _columns.Select(pair =>
        {
            var source = Shapes.Find(_host, inputSchema, pair.inputColumnName);
            if (source.IsKey || !MissingValueReplacingTransformer.HasMissing(source.ItemType))
                throw MissingValueReplacingTransformer.NotSupported(_host, source.ItemType);
            return new SchemaShape.Column(pair.outputColumnName, source.Kind, source.ItemType, false,
                new SchemaShape(Shapes.Kept(source, AnnotationUtils.Kinds.SlotNames, AnnotationUtils.Kinds.IsNormalized)));
        }).ToArray());
    }

    public MissingValueReplacingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var sources = _columns.Select(pair => input.Schema.GetColumnOrNull(pair.inputColumnName) ?? throw _host.ExceptSchemaMismatch(nameof(input), "input", pair.inputColumnName)).ToArray();
        foreach (var source in sources)
            if (!MissingValueReplacingTransformer.HasMissing(source.Type.GetItemType()))
                throw MissingValueReplacingTransformer.NotSupported(_host, source.Type.GetItemType());

        var counts = sources.Select(source => new Replacements(_mode, _bySlot && source.Type.GetVectorSize() is > 0 and var size ? size : 1)).ToArray();
        if (_mode != ReplacementMode.DefaultValue)
        {
            using var cursor = input.GetRowCursor(sources);
            var readers = sources.Select((source, i) => (Action)Typed.Call(typeof(MissingValueReplacingEstimator), nameof(Reader), [source.Type.GetItemType().RawType], cursor, source, counts[i])).ToArray();
            while (cursor.MoveNext())
                foreach (var read in readers)
                    read();
        }
        return new MissingValueReplacingTransformer(_host, _columns, counts.Select(count => count.Values()).ToArray());
    }

    private static Action Reader<T>(DataViewRow row, DataViewSchema.Column source, Replacements counts)
    {
        var getter = Typed.VectorGetter<T>(row, source);
        VBuffer<T> buffer = default;
        return () =>
        {
            getter(ref buffer);
            foreach (var (slot, value) in buffer.Items(all: true))
                counts.Add(slot, value is float single ? single : (double)(object)value);
        };
    }

    /// What replaces the missing values of one column: one value a slot, or one for all.
    private sealed class Replacements(ReplacementMode mode, int slots)
    {
        private readonly double[] _values = new double[slots];
        private readonly long[] _seen = new long[slots];
        private readonly Dictionary<double, int>[] _frequencies = mode == ReplacementMode.Mode ? Enumerable.Range(0, slots).Select(_ => new Dictionary<double, int>()).ToArray() : null;

        public void Add(int slot, double value)
        {
            if (double.IsNaN(value))
                return;
            slot = slots == 1 ? 0 : slot;
            var first = _seen[slot]++ == 0;
            switch (mode)
            {
                case ReplacementMode.Mean: _values[slot] += (value - _values[slot]) / _seen[slot]; break;
                case ReplacementMode.Minimum: _values[slot] = first ? value : Math.Min(_values[slot], value); break;
                case ReplacementMode.Maximum: _values[slot] = first ? value : Math.Max(_values[slot], value); break;
                case ReplacementMode.Mode: _frequencies[slot][value] = _frequencies[slot].GetValueOrDefault(value) + 1; break;
            }
        }

        public double[] Values()
        {
            if (mode == ReplacementMode.Mode)
                for (var slot = 0; slot < slots; slot++)
                    if (_frequencies[slot].Count > 0)
                        _values[slot] = _frequencies[slot].MaxBy(pair => pair.Value).Key;
            return _values;
        }
    }
}

public sealed class MissingValueReplacingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "NAReplaceTransform";
    private readonly double[][] _values;

    internal MissingValueReplacingTransformer(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, double[][] values)
        : base(env.Register(nameof(MissingValueReplacingTransformer)), columns) => _values = values;

    private MissingValueReplacingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env.Register(nameof(MissingValueReplacingTransformer)), ctx) =>
        _values = ColumnPairs.Select(_ => Typed.Read<double>(ctx.Reader)).ToArray();

    private static VersionInfo Version() => new("NAREPSTD", 1, 1, 1, typeof(MissingValueReplacingTransformer).Assembly.FullName, LoaderSignature);

    internal static MissingValueReplacingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new MissingValueReplacingTransformer(env, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        SaveColumns(ctx);
        foreach (var values in _values)
            Typed.Write(ctx.Writer, values);
    }

    internal static bool HasMissing(DataViewType type) => type.RawType == typeof(float) || type.RawType == typeof(double);

    internal static Exception NotSupported(IExceptionContext ctx, DataViewType type) =>
        ctx.ExceptParam("inputSchema", $"Type '{type}' is not supported by NAReplaceTransform since it doesn't have an NA value");

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var source = inputSchema[srcCol];
        if (!HasMissing(source.Type.GetItemType()))
            throw NotSupported(Host, source.Type.GetItemType());
        if (_values[col].Length > 1 && source.Type.GetVectorSize() != _values[col].Length)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", source.Name, $"Vector of size {_values[col].Length}", source.Type.ToString());
    }

    private protected override MappedColumn MapColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var (source, values) = (inputSchema[srcCol], _values[col]);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(source.Annotations, kind => kind is AnnotationUtils.Kinds.SlotNames or AnnotationUtils.Kinds.IsNormalized);
        return new MappedColumn(new(ColumnPairs[col].outputColumnName, source.Type, annotations.ToAnnotations()), [srcCol], row => source.Type.GetItemType().RawType == typeof(float)
            ? Typed.MapGetter<float, float>(row, row.Schema[srcCol], (value, slot) => float.IsNaN(value) ? (float)values[values.Length == 1 ? 0 : slot] : value, true)
            : Typed.MapGetter<double, double>(row, row.Schema[srcCol], (value, slot) => double.IsNaN(value) ? values[values.Length == 1 ? 0 : slot] : value, true));
    }
}
