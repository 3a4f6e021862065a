using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ValueMappingTransformer), typeof(ValueMappingTransformer), null, typeof(SignatureLoadModel), "Value Mapping Transform", ValueMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public class ValueMappingEstimator : TrivialEstimator<ValueMappingTransformer>
{
    internal ValueMappingEstimator(IHostEnvironment env, ValueMap map, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(ValueMappingEstimator)), new ValueMappingTransformer(env, map, columns)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        var map = Transformer.Map;
        return Shapes.With(inputSchema, Transformer.Columns.Select(pair =>
        {
            var source = Shapes.Find(Host, inputSchema, pair.inputColumnName);
            if (map.ValuesAreVectors && source.Kind != SchemaShape.Column.VectorKind.Scalar)
                throw Shapes.Mismatch(Host, "input", source, map.KeyType.ToString());
            SchemaShape.GetColumnTypeShape(map.ValueType, out var kind, out var item, out var isKey);
            if (source.Kind != SchemaShape.Column.VectorKind.Scalar)
                kind = source.Kind;
            var annotations = isKey ? new SchemaShape([new(AnnotationUtils.Kinds.KeyValues, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false)]) : null;
            return new SchemaShape.Column(pair.outputColumnName, kind, item, isKey, annotations);
        }).ToArray());
    }
}

public sealed class ValueMappingEstimator<TKey, TValue> : ValueMappingEstimator
{
    internal ValueMappingEstimator(IHostEnvironment env, ValueMap map, params (string outputColumnName, string inputColumnName)[] columns) : base(env, map, columns) { }
}

public class ValueMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ValueMappingTransformer";

    internal ValueMappingTransformer(IHostEnvironment env, ValueMap map, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(ValueMappingTransformer)), columns) => Map = map;

    private ValueMappingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env.Register(nameof(ValueMappingTransformer)), ctx) =>
        Map = ValueMap.Load(ctx.Reader);

    internal ValueMap Map { get; }
    internal (string outputColumnName, string inputColumnName)[] Columns => ColumnPairs;

    private static VersionInfo Version() => new("VALMPSTD", 1, 1, 1, typeof(ValueMappingTransformer).Assembly.FullName, LoaderSignature);

    internal static ValueMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new ValueMappingTransformer(env, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        SaveColumns(ctx);
        Map.Save(ctx.Writer);
    }

    private protected override MappedColumn MapColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var source = inputSchema[srcCol];
        if (Map.ValuesAreVectors && source.Type is VectorDataViewType)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", source.Name, Map.KeyType.ToString(), source.Type.ToString());
        DataViewType type = source.Type is VectorDataViewType ? new VectorDataViewType((PrimitiveDataViewType)Map.ValueType) : Map.ValueType;
        var annotations = new DataViewSchema.Annotations.Builder();
        if (Map.Names is { } names)
            annotations.Add<VBuffer<ReadOnlyMemory<char>>>(AnnotationUtils.Kinds.KeyValues, AnnotationUtils.GetNamesType(names.Length), (ref VBuffer<ReadOnlyMemory<char>> values) =>
                new VBuffer<ReadOnlyMemory<char>>(names.Length, Array.ConvertAll(names, name => name.AsMemory())).CopyTo(ref values));
        return new MappedColumn(new(ColumnPairs[col].outputColumnName, type, annotations.ToAnnotations()), [srcCol], row => Map.Getter(row, row.Schema[srcCol]));
    }
}

/// A lookup table. The names are those of the values' keys, where values are keys.
internal abstract class ValueMap
{
    public PrimitiveDataViewType KeyType { get; protected init; }
    public DataViewType ValueType { get; protected init; }
    public string[] Names { get; protected init; }
    public bool ValuesAreVectors => ValueType is VectorDataViewType;

    public abstract Delegate Getter(DataViewRow row, DataViewSchema.Column source);
    protected abstract void SaveEntries(BinaryWriter writer);

    private static object Raw(object value) => value is string text ? text.AsMemory() : value;
    private static Type RawType(Type type) => type == typeof(string) ? typeof(ReadOnlyMemory<char>) : type;

    public static ValueMap Of<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> pairs, bool valuesAsKeys)
    {
        Contracts.CheckValue(pairs, "keyValuePairs");
        var keys = pairs.Select(pair => Raw(pair.Key)).ToArray();
        var values = pairs.Select(pair => Raw(pair.Value)).ToArray();
        var type = ColumnTypes.From(typeof(TValue));
        if (!valuesAsKeys)
            return Make(RawType(typeof(TKey)), RawType(typeof(TValue)), keys, values, type, null);

        // Unsigned values are taken for keys as they are; others are numbered in order of appearance.
        var names = values.Select(value => value.ToString()).Distinct().ToList();
        if (type.RawType == typeof(uint) || type.RawType == typeof(ulong))
            return Make(RawType(typeof(TKey)), type.RawType, keys, values, new KeyDataViewType(type.RawType, Math.Max(names.Count, 1)), names.ToArray());
        var numbers = values.Select(value => (object)(uint)(names.IndexOf(value.ToString()) + 1)).ToArray();
        return Make(RawType(typeof(TKey)), typeof(uint), keys, numbers, new KeyDataViewType(typeof(uint), Math.Max(names.Count, 1)), names.ToArray());
    }

    public static ValueMap Of<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue[]>> pairs)
    {
        Contracts.CheckValue(pairs, "keyValuePairs");
        var item = RawType(typeof(TValue));
        var sizes = pairs.Select(pair => pair.Value.Length).Distinct().ToArray();
        var values = pairs.Select(pair => Typed.Call(typeof(ValueMap), nameof(Buffer), [item], [pair.Value.Select(value => Raw(value)).ToArray()])).ToArray();
        return Make(RawType(typeof(TKey)), typeof(VBuffer<>).MakeGenericType(item), pairs.Select(pair => Raw(pair.Key)).ToArray(), values,
            new VectorDataViewType(ColumnTypes.From(typeof(TValue)), sizes.Length == 1 ? sizes[0] : 0), null);
    }

    private static object Buffer<T>(object[] values) => new VBuffer<T>(values.Length, values.Cast<T>().ToArray());

    public static ValueMap Of(IDataView view, DataViewSchema.Column keyColumn, DataViewSchema.Column valueColumn)
    {
        if (keyColumn.Type is not PrimitiveDataViewType || keyColumn.Type is KeyDataViewType || valueColumn.Type.GetItemType() is KeyDataViewType)
            throw Contracts.ExceptNotSupp("Lookup by or of keys and lookup by vectors need the package Microsoft.ML.");
        object[] keys, values;
        using (var cursor = view.GetRowCursor([keyColumn, valueColumn]))
        {
            var read = new[] { keyColumn, valueColumn }.Select(column =>
                (Func<object>)Typed.Call(typeof(ValueMap), column.Type is VectorDataViewType ? nameof(VectorReader) : nameof(Reader), [column.Type.GetItemType().RawType], cursor, column)).ToArray();
            var rows = new List<(object, object)>();
            while (cursor.MoveNext())
                rows.Add((read[0](), read[1]()));
            (keys, values) = (rows.Select(row => row.Item1).ToArray(), rows.Select(row => row.Item2).ToArray());
        }
        return Make(keyColumn.Type.RawType, valueColumn.Type.RawType, keys, values, valueColumn.Type, null);
    }

    private static Func<object> Reader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            return value is ReadOnlyMemory<char> text ? text.ToString().AsMemory() : value;
        };
    }

    private static Func<object> VectorReader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        return () =>
        {
            VBuffer<T> value = default;
            getter(ref value);
            return value;
        };
    }

    private static ValueMap Make(Type key, Type value, object[] keys, object[] values, DataViewType valueType, string[] names) =>
        (ValueMap)Activator.CreateInstance(typeof(ValueMap<,>).MakeGenericType(key, value), keys, values, ColumnTypes.From(key), valueType, names);

    public void Save(BinaryWriter writer)
    {
        var item = ValueType.GetItemType();
        writer.Write((byte)Typed.Kind(KeyType));
        writer.Write((byte)Typed.Kind(item));
        writer.Write(item.GetKeyCount());
        writer.Write(ValuesAreVectors ? ValueType.GetVectorSize() : -1);
        writer.Write(Names != null);
        if (Names != null)
            Typed.Write(writer, Array.ConvertAll(Names, name => name.AsMemory()));
        SaveEntries(writer);
    }

    public static ValueMap Load(BinaryReader reader)
    {
        var key = ((DataKind)reader.ReadByte()).ToDataViewType();
        PrimitiveDataViewType item = ((DataKind)reader.ReadByte()).ToDataViewType();
        if (reader.ReadUInt64() is > 0 and var count)
            item = new KeyDataViewType(item.RawType, count);
        var size = reader.ReadInt32();
        DataViewType type = size < 0 ? item : new VectorDataViewType(item, size);
        var names = reader.ReadBoolean() ? Array.ConvertAll(Typed.Read<ReadOnlyMemory<char>>(reader), name => name.ToString()) : null;
        var keys = (object[])Typed.Call(typeof(ValueMap), nameof(ReadAll), [key.RawType], reader);
        var values = size < 0 ? (object[])Typed.Call(typeof(ValueMap), nameof(ReadAll), [item.RawType], reader)
            : keys.Select(_ => Typed.Call(typeof(ValueMap), nameof(ReadBuffer), [item.RawType], reader)).ToArray();
        return Make(key.RawType, type.RawType, keys, values, type, names);
    }

    private static object[] ReadAll<T>(BinaryReader reader) => Typed.Read<T>(reader).Cast<object>().ToArray();

    private static object ReadBuffer<T>(BinaryReader reader) => Typed.Read<T>(reader) is var values ? new VBuffer<T>(values.Length, values) : default;

    protected static void WriteBuffer<T>(BinaryWriter writer, VBuffer<T> values) => Typed.Write(writer, values.DenseValues().ToArray());
}

internal sealed class ValueMap<TKey, TValue> : ValueMap
{
    private readonly Dictionary<TKey, TValue> _map = new(Typed.Equality<TKey>());

    public ValueMap(object[] keys, object[] values, PrimitiveDataViewType keyType, DataViewType valueType, string[] names)
    {
        (KeyType, ValueType, Names) = (keyType, valueType, names);
        for (var i = 0; i < keys.Length; i++)
            if (!_map.TryAdd((TKey)keys[i], (TValue)values[i]))
                throw Contracts.Except($"Duplicate key '{keys[i]}' in the lookup map");
    }

    /// A value that is not in the map becomes the default of its type.
    public override Delegate Getter(DataViewRow row, DataViewSchema.Column source) =>
        Typed.MapGetter<TKey, TValue>(row, source, (key, _) => _map.TryGetValue(key, out var value) ? value : default, !_map.ContainsKey(default));

    protected override void SaveEntries(BinaryWriter writer)
    {
        Typed.Write(writer, _map.Keys.ToArray());
        if (!ValuesAreVectors)
            Typed.Write(writer, _map.Values.ToArray());
        else
            foreach (var value in _map.Values)
                Typed.Call(typeof(ValueMap), nameof(WriteBuffer), [ValueType.GetItemType().RawType], writer, value);
    }
}
