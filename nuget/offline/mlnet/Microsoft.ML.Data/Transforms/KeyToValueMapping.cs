using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(KeyToValueMappingTransformer), typeof(KeyToValueMappingTransformer), null, typeof(SignatureLoadModel), "Key To Value Transform", KeyToValueMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    internal KeyToValueMappingEstimator(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(KeyToValueMappingEstimator)), new KeyToValueMappingTransformer(env, columns)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return Shapes.With(inputSchema, Transformer.Columns.Select(pair =>
        {
            var source = Shapes.Find(Host, inputSchema, pair.inputColumnName);
            if (!source.IsKey)
                throw Shapes.Mismatch(Host, "input", source, "KeyType");
            if (!source.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var values))
                throw Host.ExceptParam(nameof(inputSchema), $"Input column '{source.Name}' doesn't contain key values metadata");
            return new SchemaShape.Column(pair.outputColumnName, source.Kind, values.ItemType, values.IsKey, new SchemaShape(Shapes.Kept(source, AnnotationUtils.Kinds.SlotNames)));
        }).ToArray());
    }
}

public sealed class KeyToValueMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToValueTransform";

    internal KeyToValueMappingTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(KeyToValueMappingTransformer)), columns) { }

    private KeyToValueMappingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env.Register(nameof(KeyToValueMappingTransformer)), ctx) { }

    internal (string outputColumnName, string inputColumnName)[] Columns => ColumnPairs;

    private static VersionInfo Version() => new("KEY2VSTD", 1, 1, 1, typeof(KeyToValueMappingTransformer).Assembly.FullName, LoaderSignature);

    internal static KeyToValueMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new KeyToValueMappingTransformer(env, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        SaveColumns(ctx);
    }

    private protected override MappedColumn MapColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var source = inputSchema[srcCol];
        Host.Check(source.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues) != null, "Metadata KeyValues does not exist");
        var values = (VectorDataViewType)source.Annotations.Schema[AnnotationUtils.Kinds.KeyValues].Type;
        Host.Check(source.Type.GetItemType() is KeyDataViewType, $"Key to value: column '{source.Name}' is not a key");
        DataViewType type = source.Type is VectorDataViewType vector ? new VectorDataViewType(values.ItemType, vector.Dimensions) : values.ItemType;
        var annotations = new DataViewSchema.Annotations.Builder();
        if (Typed.SlotNames(source) != null)
            annotations.Add(source.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames);
        return new MappedColumn(new(ColumnPairs[col].outputColumnName, type, annotations.ToAnnotations()), [srcCol],
            row => (Delegate)Typed.Call(typeof(KeyToValueMappingTransformer), nameof(Getter), [source.Type.GetItemType().RawType, values.ItemType.RawType], row, source));
    }

    private static Delegate Getter<TKey, TValue>(DataViewRow row, DataViewSchema.Column source)
    {
        VBuffer<TValue> annotation = default;
        source.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref annotation);
        var values = annotation.DenseValues().ToArray();
        var missing = Typed.Missing<TValue>();
        return Typed.MapGetter<TKey, TValue>(row, row.Schema[source.Index], (key, _) => unchecked(Typed.RawKey(key) - 1) is var index && index < (ulong)values.Length ? values[index] : missing,
            EqualityComparer<TValue>.Default.Equals(missing, default));
    }
}
