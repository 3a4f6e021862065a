using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(KeyToVectorMappingTransformer), typeof(KeyToVectorMappingTransformer), null, typeof(SignatureLoadModel), "Key To Vector Transform", KeyToVectorMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed class KeyToVectorMappingEstimator : TrivialEstimator<KeyToVectorMappingTransformer>
{
    internal KeyToVectorMappingEstimator(IHostEnvironment env, bool outputCountVector, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(KeyToVectorMappingEstimator)), new KeyToVectorMappingTransformer(env, columns, columns.Select(_ => outputCountVector).ToArray())) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return Shapes.With(inputSchema, Transformer.Columns.Select((pair, i) =>
        {
            var source = Shapes.Find(Host, inputSchema, pair.inputColumnName);
            var (bag, scalar) = (Transformer.Bags[i], source.Kind == SchemaShape.Column.VectorKind.Scalar);
            var annotations = new List<SchemaShape.Column>();
            if (source.NeedsSlotNames() && (bag || source.Kind != SchemaShape.Column.VectorKind.VariableVector))
                annotations.Add(Shapes.SlotNames);
            if (!bag && source.Kind != SchemaShape.Column.VectorKind.VariableVector)
                annotations.Add(Shapes.Categorical);
            if (!bag || scalar)
                annotations.Add(Shapes.Normalized);
            var kind = !bag && source.Kind == SchemaShape.Column.VectorKind.VariableVector ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector;
            return new SchemaShape.Column(pair.outputColumnName, kind, NumberDataViewType.Single, false, new SchemaShape(annotations));
        }).ToArray());
    }
}

/// One slot for each key: an indicator of the key of a scalar or of each slot of a vector, or (as a bag) the number of slots that hold the key.
public sealed class KeyToVectorMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToVectorTransform";

    internal KeyToVectorMappingTransformer(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, bool[] bags)
        : base(env.Register(nameof(KeyToVectorMappingTransformer)), columns) => Bags = bags;

    private KeyToVectorMappingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env.Register(nameof(KeyToVectorMappingTransformer)), ctx) =>
        Bags = ColumnPairs.Select(_ => ctx.Reader.ReadBoolean()).ToArray();

    internal (string outputColumnName, string inputColumnName)[] Columns => ColumnPairs;
    internal bool[] Bags { get; }

    private static VersionInfo Version() => new("KEY2XSTD", 1, 1, 1, typeof(KeyToVectorMappingTransformer).Assembly.FullName, LoaderSignature);

    internal static KeyToVectorMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new KeyToVectorMappingTransformer(env, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        SaveColumns(ctx);
        foreach (var bag in Bags)
            ctx.Writer.Write(bag);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var source = inputSchema[srcCol];
        if (source.Type.GetItemType().GetKeyCountAsInt32() <= 0)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", source.Name, "key type of known cardinality", source.Type.ToString());
    }

    private protected override MappedColumn MapColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var source = inputSchema[srcCol];
        var keys = source.Type.GetItemType().GetKeyCountAsInt32();
        var slots = source.Type is VectorDataViewType vector ? vector.Size : 1;
        var concatenated = !Bags[col] && source.Type is VectorDataViewType;
        var type = concatenated ? new VectorDataViewType(NumberDataViewType.Single, slots, keys) : new VectorDataViewType(NumberDataViewType.Single, keys);

        var annotations = new DataViewSchema.Annotations.Builder();
        if (source.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type is VectorDataViewType { ItemType: TextDataViewType } && type.Size > 0)
            annotations.Add<VBuffer<ReadOnlyMemory<char>>>(AnnotationUtils.Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, type.Dimensions), (ref VBuffer<ReadOnlyMemory<char>> names) =>
                names = new VBuffer<ReadOnlyMemory<char>>(type.Size, Names(source, concatenated ? slots : 0)));
        if (!Bags[col] && slots > 0)
            annotations.Add<VBuffer<int>>(AnnotationUtils.Kinds.CategoricalSlotRanges, AnnotationUtils.GetCategoricalType(slots), (ref VBuffer<int> ranges) =>
                ranges = new VBuffer<int>(2 * slots, Enumerable.Range(0, slots).SelectMany(slot => new[] { slot * keys, (slot + 1) * keys - 1 }).ToArray()));
        if (!Bags[col] || source.Type is not VectorDataViewType)
            annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);

        return new MappedColumn(new(ColumnPairs[col].outputColumnName, type, annotations.ToAnnotations()), [srcCol],
            row => (Delegate)Typed.Call(typeof(KeyToVectorMappingTransformer), nameof(Getter), [source.Type.GetItemType().RawType], row, row.Schema[srcCol], keys, concatenated));
    }

    /// The key's text; for a vector "slot.key", with "[3]" for a slot without a name.
    private static ReadOnlyMemory<char>[] Names(DataViewSchema.Column source, int slots)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        source.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref values);
        var keys = values.DenseValues().ToArray();
        if (slots == 0)
            return keys;
        var names = Typed.SlotNames(source)?.DenseValues().ToArray() ?? new ReadOnlyMemory<char>[slots];
        return names.SelectMany((name, slot) => keys.Select(key => $"{(name.IsEmpty ? $"[{slot}]" : name)}.{key}".AsMemory())).ToArray();
    }

    private static Delegate Getter<TKey>(DataViewRow row, DataViewSchema.Column source, int keys, bool concatenated)
    {
        var getter = Typed.VectorGetter<TKey>(row, source);
        VBuffer<TKey> buffer = default;
        var counts = new SortedDictionary<int, float>();
        return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> result) =>
        {
            getter(ref buffer);
            counts.Clear();
            var values = buffer.GetValues();
            for (var i = 0; i < values.Length; i++)
            {
                var key = (long)Typed.RawKey(values[i]) - 1;
                if (key < 0 || key >= keys)
                    continue;
                var slot = concatenated ? (buffer.IsDense ? i : buffer.GetIndices()[i]) * keys + (int)key : (int)key;
                counts[slot] = counts.GetValueOrDefault(slot) + 1;
            }
            var editor = VBufferEditor.Create(ref result, concatenated ? buffer.Length * keys : keys, counts.Count);
            var next = 0;
            foreach (var (slot, count) in counts)
            {
                if (editor.Indices.Length > 0)
                    editor.Indices[next] = slot;
                editor.Values[next++] = count;
            }
            result = editor.Commit();
        });
    }
}
