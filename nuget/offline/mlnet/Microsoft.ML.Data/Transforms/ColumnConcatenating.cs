using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ColumnConcatenatingTransformer), typeof(ColumnConcatenatingTransformer), null, typeof(SignatureLoadModel), "Concat Transform", ColumnConcatenatingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms
{
    public sealed class ColumnConcatenatingEstimator : IEstimator<ColumnConcatenatingTransformer>
    {
        private readonly IHost _host;
        private readonly string _name;
        private readonly string[] _sources;

        internal ColumnConcatenatingEstimator(IHostEnvironment env, string outputColumnName, params string[] inputColumnNames)
        {
            Contracts.CheckValue(env, nameof(env));
            Contracts.CheckNonEmpty(outputColumnName, nameof(outputColumnName));
            Contracts.CheckValue(inputColumnNames, nameof(inputColumnNames));
            Contracts.CheckParam(!inputColumnNames.Any(string.IsNullOrEmpty), nameof(inputColumnNames), "Contains some null or empty items");
            _host = env.Register("ColumnConcatenatingEstimator ");
            (_name, _sources) = (outputColumnName, inputColumnNames);
        }

        public ColumnConcatenatingTransformer Fit(IDataView input)
        {
            _host.CheckValue(input, nameof(input));
            return new ColumnConcatenatingTransformer(_host, _name, _sources);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            _host.CheckValue(inputSchema, nameof(inputSchema));
            bool variable = false, normalized = true, categorical = false, named = false;
            DataViewType item = null;
            var key = false;
            foreach (var name in _sources)
            {
                var source = Shapes.Find(_host, inputSchema, name);
                if (item == null)
                    (item, key) = (source.ItemType, source.IsKey);
                else if (!item.Equals(source.ItemType) || key != source.IsKey)
                    throw _host.Except($"Concatenated columns should have the same type. Column '{name}' has type of {source.ItemType}, but expected column type is {item}.");
                variable |= source.Kind == SchemaShape.Column.VectorKind.VariableVector;
                named |= source.Kind == SchemaShape.Column.VectorKind.Scalar || source.HasSlotNames();
                normalized &= source.IsNormalized();
                categorical |= source.Annotations.TryFindColumn(AnnotationUtils.Kinds.CategoricalSlotRanges, out _);
            }
            var annotations = new List<SchemaShape.Column>();
            if (normalized && item != null)
                annotations.Add(Shapes.Normalized);
            if (categorical)
                annotations.Add(Shapes.Categorical);
            if (named)
                annotations.Add(Shapes.SlotNames);
            var kind = variable ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector;
            return Shapes.With(inputSchema, [new SchemaShape.Column(_name, kind, item, key, new SchemaShape(annotations))]);
        }
    }
}

namespace Microsoft.ML.Data
{
    public sealed class ColumnConcatenatingTransformer : RowToRowTransformerBase
    {
        internal const string LoaderSignature = "ConcatTransform";
        private readonly string _name;
        private readonly string[] _sources;

        internal ColumnConcatenatingTransformer(IHostEnvironment env, string outputColumnName, params string[] inputColumnNames)
            : base(env.Register(nameof(ColumnConcatenatingTransformer))) => (_name, _sources) = (outputColumnName, inputColumnNames);

        private static VersionInfo Version() => new("CONCASTD", 1, 1, 1, typeof(ColumnConcatenatingTransformer).Assembly.FullName, LoaderSignature);

        internal static ColumnConcatenatingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
        {
            ctx.CheckAtModel(Version());
            var name = ctx.LoadNonEmptyString();
            var sources = new string[Math.Clamp(ctx.Reader.ReadInt32(), 0, 1 << 24)];
            for (var i = 0; i < sources.Length; i++)
                sources[i] = ctx.LoadNonEmptyString();
            return new ColumnConcatenatingTransformer(env, name, sources);
        }

        private protected override void SaveModel(ModelSaveContext ctx)
        {
            ctx.CheckAtModel();
            ctx.SetVersionInfo(Version());
            ctx.SaveNonEmptyString(_name);
            ctx.Writer.Write(_sources.Length);
            foreach (var source in _sources)
                ctx.SaveNonEmptyString(source);
        }

        private protected override IRowMapper MakeRowMapper(DataViewSchema inputSchema)
        {
            var sources = _sources.Select(name => inputSchema.GetColumnOrNull(name) ?? throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name)).ToArray();
            if (sources.Length == 0)
                return RowMapper.Of([]);
            var item = (PrimitiveDataViewType)sources[0].Type.GetItemType();
            foreach (var source in sources)
                if (!source.Type.GetItemType().Equals(item))
                    throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", source.Name, item.ToString(), source.Type.ToString());
            var size = sources.All(source => source.Type.GetValueCount() > 0) ? sources.Sum(source => source.Type.GetValueCount()) : 0;
            var column = new MappedColumn(new(_name, new VectorDataViewType(item, size), Annotations(sources, size)), sources.Select(source => source.Index).ToArray(),
                row => (Delegate)Typed.Call(typeof(ColumnConcatenatingTransformer), nameof(Getter), [item.RawType], row, sources));
            return RowMapper.Of([column]);
        }

        private static DataViewSchema.Annotations Annotations(DataViewSchema.Column[] sources, int size)
        {
            var builder = new DataViewSchema.Annotations.Builder();
            if (sources.Length == 1 && sources[0].Type is VectorDataViewType)
            {
                // One vector stays as it is: its slots keep their own names.
                builder.Add(sources[0].Annotations, kind => kind is AnnotationUtils.Kinds.IsNormalized or AnnotationUtils.Kinds.CategoricalSlotRanges or AnnotationUtils.Kinds.SlotNames);
                return builder.ToAnnotations();
            }
            if (sources.All(IsNormalized))
                builder.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
            if (size == 0)
                return builder.ToAnnotations();
            AddCategories(builder, sources);
            if (sources.Any(source => source.Type is not VectorDataViewType || Typed.SlotNames(source) != null))
                builder.Add<VBuffer<ReadOnlyMemory<char>>>(AnnotationUtils.Kinds.SlotNames, AnnotationUtils.GetNamesType(size), (ref VBuffer<ReadOnlyMemory<char>> names) =>
                    names = new VBuffer<ReadOnlyMemory<char>>(size, Names(sources, size)));
            return builder.ToAnnotations();
        }

        private static bool IsNormalized(DataViewSchema.Column source)
        {
            var normalized = false;
            if (source.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.IsNormalized)?.Type is BooleanDataViewType)
                source.Annotations.GetValue(AnnotationUtils.Kinds.IsNormalized, ref normalized);
            return normalized;
        }

        /// Ranges of the slots that stand for one category each, shifted to where their source begins.
        private static void AddCategories(DataViewSchema.Annotations.Builder builder, DataViewSchema.Column[] sources)
        {
            var ranges = new List<int>();
            var first = 0;
            foreach (var source in sources)
            {
                if (source.Type is VectorDataViewType && Typed.TryGetAnnotation<VBuffer<int>>(source, AnnotationUtils.Kinds.CategoricalSlotRanges, out var found))
                    ranges.AddRange(found.DenseValues().Select(slot => slot + first));
                first += source.Type.GetValueCount();
            }
            if (ranges.Count > 0)
                builder.Add<VBuffer<int>>(AnnotationUtils.Kinds.CategoricalSlotRanges, AnnotationUtils.GetCategoricalType(ranges.Count / 2), (ref VBuffer<int> value) =>
                    value = new VBuffer<int>(ranges.Count, ranges.ToArray()));
        }

        /// A scalar gives its name, a slot with a name gives "column.slot", others stay empty.
        private static ReadOnlyMemory<char>[] Names(DataViewSchema.Column[] sources, int size)
        {
            var names = new ReadOnlyMemory<char>[size];
            var first = 0;
            foreach (var source in sources)
            {
                if (source.Type is not VectorDataViewType)
                    names[first] = source.Name.AsMemory();
                else if (Typed.SlotNames(source) is { } slots)
                    foreach (var (slot, name) in slots.Items())
                        if (!name.IsEmpty)
                            names[first + slot] = $"{source.Name}.{name}".AsMemory();
                first += source.Type.GetValueCount();
            }
            return names;
        }

        private static Delegate Getter<T>(DataViewRow row, DataViewSchema.Column[] sources)
        {
            var getters = sources.Select(source => Typed.VectorGetter<T>(row, row.Schema[source.Index])).ToArray();
            var parts = new VBuffer<T>[sources.Length];
            var sizes = sources.Select(source => source.Type.GetValueCount()).ToArray();
            return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> result) =>
            {
                int length = 0, count = 0;
                for (var i = 0; i < parts.Length; i++)
                {
                    getters[i](ref parts[i]);
                    if (sizes[i] > 0 && parts[i].Length != sizes[i])
                        throw Contracts.Except($"Column '{sources[i].Name}': expected {sizes[i]} slots, but got {parts[i].Length}");
                    length += parts[i].Length;
                    count += parts[i].GetValues().Length;
                }
                var sparse = count < length / 2;
                var editor = VBufferEditor.Create(ref result, length, sparse ? count : length);
                if (!sparse && count < length)
                    editor.Values.Clear();
                int slot = 0, next = 0;
                foreach (var part in parts)
                {
                    var values = part.GetValues();
                    if (!sparse && part.IsDense)
                        values.CopyTo(editor.Values[slot..]);
                    else
                        for (var i = 0; i < values.Length; i++)
                        {
                            var at = slot + (part.IsDense ? i : part.GetIndices()[i]);
                            if (sparse)
                            {
                                editor.Indices[next] = at;
                                editor.Values[next++] = values[i];
                            }
                            else
                                editor.Values[at] = values[i];
                        }
                    slot += part.Length;
                }
                result = editor.Commit();
            });
        }
    }
}
