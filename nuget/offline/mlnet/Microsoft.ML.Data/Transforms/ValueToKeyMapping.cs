using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ValueToKeyMappingTransformer), typeof(ValueToKeyMappingTransformer), null, typeof(SignatureLoadModel), "Term Transform", ValueToKeyMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    public enum KeyOrdinality : byte
    {
        ByOccurrence = 0,
        ByValue = 1,
    }

    private readonly IHost _host;
    private readonly (string outputColumnName, string inputColumnName)[] _columns;
    private readonly int _maximum;
    private readonly KeyOrdinality _order;
    private readonly bool _text;
    private readonly IDataView _keyData;

    internal ValueToKeyMappingEstimator(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, int maximumNumberOfKeys = 1000000,
        KeyOrdinality keyOrdinality = KeyOrdinality.ByOccurrence, bool addKeyValueAnnotationsAsText = false, IDataView keyData = null)
    {
        _host = env.Register(nameof(ValueToKeyMappingEstimator));
        _host.CheckNonEmpty(columns, nameof(columns));
        _host.CheckUserArg(maximumNumberOfKeys > 0, nameof(maximumNumberOfKeys), "must be positive");
        if (keyData != null)
            _host.CheckParam(keyData.Schema.Count(column => !column.IsHidden) == 1, nameof(keyData), "If specified, this data should contain only a single column");
        (_columns, _maximum, _order, _text, _keyData) = (columns, maximumNumberOfKeys, keyOrdinality, addKeyValueAnnotationsAsText, keyData);
    }

    public ValueToKeyMappingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var maps = new KeyMap[_columns.Length];
        var sources = new DataViewSchema.Column[_columns.Length];
        for (var i = 0; i < maps.Length; i++)
        {
            sources[i] = input.Schema.GetColumnOrNull(_columns[i].inputColumnName)
                ?? throw _host.ExceptSchemaMismatch("inputSchema", "input", _columns[i].inputColumnName);
            maps[i] = KeyMap.Empty(sources[i].Type.GetItemType(), _text);
        }
        if (_keyData == null)
            Learn(input, sources, maps);
        else
        {
            var column = _keyData.Schema.First(c => !c.IsHidden);
            foreach (var (map, source) in maps.Zip(sources))
            {
                if (!column.Type.Equals(source.Type.GetItemType()))
                    throw _host.ExceptUserArg("keyData", $"Key data column '{column.Name}' has type '{column.Type}', but the input column '{source.Name}' has items of type '{source.Type.GetItemType()}'");
                Learn(_keyData, [column], [map]);
            }
        }
        return new ValueToKeyMappingTransformer(_host, _columns, maps);
    }

    private void Learn(IDataView view, DataViewSchema.Column[] sources, KeyMap[] maps)
    {
        using var cursor = view.GetRowCursor(sources);
        var readers = maps.Select((map, i) => map.Reader(cursor, sources[i], _maximum)).ToArray();
        while (cursor.MoveNext())
            foreach (var read in readers)
                read();
        if (_order == KeyOrdinality.ByValue)
            foreach (var map in maps)
                map.Sort();
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return Shapes.With(inputSchema, _columns.Select(pair =>
        {
            var source = Shapes.Find(_host, inputSchema, pair.inputColumnName);
            var annotations = Shapes.Kept(source, AnnotationUtils.Kinds.SlotNames).ToList();
            annotations.Add(source.IsKey && source.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var values) && values.Kind == SchemaShape.Column.VectorKind.Vector
                ? values
                : new SchemaShape.Column(AnnotationUtils.Kinds.KeyValues, SchemaShape.Column.VectorKind.Vector, _text ? TextDataViewType.Instance : source.ItemType, !_text && source.IsKey));
            return new SchemaShape.Column(pair.outputColumnName, source.Kind, NumberDataViewType.UInt32, true, new SchemaShape(annotations));
        }).ToArray());
    }
}

public sealed class ValueToKeyMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "TermTransform";
    private readonly KeyMap[] _maps;

    internal ValueToKeyMappingTransformer(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, KeyMap[] maps)
        : base(env.Register(nameof(ValueToKeyMappingTransformer)), columns) => _maps = maps;

    private ValueToKeyMappingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env.Register(nameof(ValueToKeyMappingTransformer)), ctx) =>
        _maps = ColumnPairs.Select(_ => KeyMap.Load(ctx.Reader)).ToArray();

    private static VersionInfo Version() => new("TERMTSTD", 1, 1, 1, typeof(ValueToKeyMappingTransformer).Assembly.FullName, LoaderSignature);

    internal static ValueToKeyMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new ValueToKeyMappingTransformer(env, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        SaveColumns(ctx);
        foreach (var map in _maps)
            map.Save(ctx.Writer);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var item = inputSchema[srcCol].Type.GetItemType();
        if (item.RawType != _maps[col].ItemType.RawType)
            throw Host.ExceptSchemaMismatch("inputSchema", "input", inputSchema[srcCol].Name, _maps[col].ItemType.ToString(), inputSchema[srcCol].Type.ToString());
    }

    private protected override MappedColumn MapColumn(DataViewSchema inputSchema, int col, int srcCol)
    {
        var (source, map) = (inputSchema[srcCol], _maps[col]);
        var key = new KeyDataViewType(typeof(uint), Math.Max(map.Count, 1));
        DataViewType type = source.Type is VectorDataViewType vector ? new VectorDataViewType(key, vector.Dimensions) : key;
        var annotations = new DataViewSchema.Annotations.Builder();
        if (Typed.SlotNames(source) != null)
            annotations.Add(source.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames);
        map.AddKeyValues(annotations, source);
        return new MappedColumn(new(ColumnPairs[col].outputColumnName, type, annotations.ToAnnotations()), [srcCol], row => map.Getter(row, row.Schema[srcCol]));
    }
}

/// The values that have a key, in the order of their keys.
internal abstract class KeyMap
{
    public PrimitiveDataViewType ItemType { get; private set; }
    protected bool Text { get; private set; }

    public static KeyMap Empty(DataViewType itemType, bool text)
    {
        var map = (KeyMap)Activator.CreateInstance(typeof(KeyMap<>).MakeGenericType(itemType.RawType));
        (map.ItemType, map.Text) = ((PrimitiveDataViewType)itemType, text);
        return map;
    }

    public static KeyMap Load(BinaryReader reader)
    {
        var count = reader.ReadUInt64();
        PrimitiveDataViewType item = ((DataKind)reader.ReadByte()).ToDataViewType();
        var map = Empty(count > 0 ? new KeyDataViewType(item.RawType, count) : item, reader.ReadBoolean());
        map.LoadValues(reader);
        return map;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(ItemType.GetKeyCount());
        writer.Write((byte)Typed.Kind(ItemType));
        writer.Write(Text);
        SaveValues(writer);
    }

    public abstract int Count { get; }
    public abstract Action Reader(DataViewRow row, DataViewSchema.Column column, int maximum);
    public abstract void Sort();
    public abstract Delegate Getter(DataViewRow row, DataViewSchema.Column column);
    public abstract void AddKeyValues(DataViewSchema.Annotations.Builder annotations, DataViewSchema.Column source);
    protected abstract void SaveValues(BinaryWriter writer);
    protected abstract void LoadValues(BinaryReader reader);
}

internal sealed class KeyMap<T> : KeyMap
{
    private readonly Dictionary<T, uint> _keys = new(Typed.Equality<T>());
    private List<T> _values = [];

    public override int Count => _values.Count;

    private bool IsMissing(in T value) => ItemType is KeyDataViewType ? EqualityComparer<T>.Default.Equals(value, default) : Typed.IsMissing(value);

    public override Action Reader(DataViewRow row, DataViewSchema.Column column, int maximum)
    {
        var getter = Typed.VectorGetter<T>(row, column);
        VBuffer<T> buffer = default;
        return () =>
        {
            getter(ref buffer);
            if (!buffer.IsDense && !IsMissing(default))
                foreach (var (_, value) in buffer.Items(all: true))
                    Add(value, maximum);
            else
                foreach (var value in buffer.GetValues())
                    Add(value, maximum);
        };
    }

    private void Add(T value, int maximum)
    {
        if (IsMissing(value) || _values.Count >= maximum)
            return;
        if (value is ReadOnlyMemory<char> text && !_keys.ContainsKey(value))
            value = (T)(object)text.ToString().AsMemory();
        if (_keys.TryAdd(value, (uint)_values.Count + 1))
            _values.Add(value);
    }

    public override void Sort()
    {
        _values = [.. _values.Order(Typed.Order<T>())];
        Index();
    }

    private void Index()
    {
        _keys.Clear();
        for (var i = 0; i < _values.Count; i++)
            _keys[_values[i]] = (uint)i + 1;
    }

    public override Delegate Getter(DataViewRow row, DataViewSchema.Column column) =>
        Typed.MapGetter<T, uint>(row, column, (value, _) => !IsMissing(value) && _keys.TryGetValue(value, out var key) ? key : 0, IsMissing(default) || !_keys.ContainsKey(default));

    public override void AddKeyValues(DataViewSchema.Annotations.Builder annotations, DataViewSchema.Column source)
    {
        if (Count == 0)
            return;
        if (ItemType is KeyDataViewType && source.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type is VectorDataViewType inner)
            Typed.Call(this, nameof(AddInner), [inner.ItemType.RawType], annotations, source, inner.ItemType);
        else if (Text && ItemType is not TextDataViewType)
            Add(annotations, TextDataViewType.Instance, _values.Select(AsText).ToArray());
        else
            Add(annotations, ItemType, _values.ToArray());
    }

    private void AddInner<TInner>(DataViewSchema.Annotations.Builder annotations, DataViewSchema.Column source, PrimitiveDataViewType type)
    {
        VBuffer<TInner> inner = default;
        source.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref inner);
        Add(annotations, type, _values.Select(value => inner.GetItemOrDefault((int)(Typed.RawKey(value) - 1))).ToArray());
    }

    private static void Add<TValue>(DataViewSchema.Annotations.Builder annotations, PrimitiveDataViewType type, TValue[] values) =>
        annotations.Add<VBuffer<TValue>>(AnnotationUtils.Kinds.KeyValues, new VectorDataViewType(type, values.Length), (ref VBuffer<TValue> result) =>
            new VBuffer<TValue>(values.Length, values).CopyTo(ref result));

    private static ReadOnlyMemory<char> AsText(T value) => value switch
    {
        bool flag => (flag ? "1" : "0").AsMemory(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture).AsMemory(),
        _ => value.ToString().AsMemory(),
    };

    protected override void SaveValues(BinaryWriter writer) => Typed.Write(writer, _values.ToArray());

    protected override void LoadValues(BinaryReader reader)
    {
        _values = [.. Typed.Read<T>(reader)];
        Index();
    }
}
