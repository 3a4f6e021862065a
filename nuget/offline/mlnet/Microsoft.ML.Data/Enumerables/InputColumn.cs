using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Holds the object whose members a row shows.</summary>
internal sealed class Holder<TRow> { public TRow Value; }

/// <summary>The columns that the members of a class make, and the getters over one object at a time.</summary>
internal sealed class InputColumns<TRow> where TRow : class
{
    private readonly Func<Holder<TRow>, Delegate>[] _makers;

    public InputColumns(SchemaDefinition definition = null)
    {
        definition ??= SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        var builder = new DataViewSchema.Builder();
        var (makers, names) = (new List<Func<Holder<TRow>, Delegate>>(), new HashSet<string>());
        foreach (var column in definition)
        {
            var member = column.MemberName == null ? null : Accessors<TRow>.Find(column.MemberName);
            if (member == null) throw Contracts.ExceptParam("userSchemaDefinition", $"No field or property with name '{column.MemberName}' found in type '{typeof(TRow).FullName}'");
            if (!Accessors<TRow>.CanRead(member)) throw new ArgumentException($"Property '{column.MemberName}' cannot be read.");
            var name = column.ColumnName ?? column.MemberName;
            if (!names.Add(name)) throw new InvalidOperationException($"Duplicate column name '{name}' in schema");
            var memberType = Accessors<TRow>.TypeOf(member);
            var item = TypedColumns.ItemOf(memberType, out var isVector);
            var type = column.ColumnType;
            var raw = item == typeof(string) ? typeof(ReadOnlyMemory<char>) : item;
            var typeItem = (type as VectorDataViewType)?.ItemType ?? type;
            if (type is VectorDataViewType != isVector)
                throw Contracts.ExceptParam("userSchemaDefinition", $"Column '{name}' is supposed to be {(isVector ? "scalar" : "vector")}, but type of associated field '{column.MemberName}' is {(isVector ? "vector" : "scalar")}");
            if (typeItem.RawType != raw)
                throw Contracts.ExceptParam("userSchemaDefinition", $"Column '{name}' is supposed to have item type {typeItem.RawType}, but associated field has type {item}");
            builder.AddColumn(name, type, column.Annotations);
            makers.Add(Maker(member, memberType, item, type));
        }
        Schema = builder.ToSchema();
        _makers = makers.ToArray();
    }

    public DataViewSchema Schema { get; }

    public Delegate Getter(int column, Holder<TRow> holder) => _makers[column](holder);

    private static Func<Holder<TRow>, Delegate> Maker(MemberInfo member, Type memberType, Type item, DataViewType type)
    {
        var name = memberType == typeof(string) ? nameof(OfString) : memberType == typeof(string[]) ? nameof(OfStrings)
            : memberType.IsArray ? nameof(OfArray) : memberType != item ? nameof(OfBuffer) : nameof(OfScalar);
        var method = typeof(InputColumns<TRow>).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static);
        if (method.IsGenericMethodDefinition) method = method.MakeGenericMethod(item);
        return holder => (Delegate)method.Invoke(null, [member, type, holder]);
    }

    private static Delegate OfScalar<T>(MemberInfo member, DataViewType type, Holder<TRow> holder)
    {
        var read = Accessors<TRow>.Reader<T>(member);
        if (type is KeyDataViewType { Count: var count }) return (ValueGetter<T>)((ref T value) => value = KeyShift.ToColumn(read(holder.Value), count));
        return (ValueGetter<T>)((ref T value) => value = read(holder.Value));
    }

    private static Delegate OfString(MemberInfo member, DataViewType type, Holder<TRow> holder)
    {
        var read = Accessors<TRow>.Reader<string>(member);
        return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = read(holder.Value).AsMemory());
    }

    private static Delegate OfStrings(MemberInfo member, DataViewType type, Holder<TRow> holder)
    {
        var read = Accessors<TRow>.Reader<string[]>(member);
        return (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            var items = read(holder.Value) ?? [];
            var editor = VBufferEditor.Create(ref value, items.Length);
            for (var i = 0; i < items.Length; i++) editor.Values[i] = items[i].AsMemory();
            value = editor.Commit();
        });
    }

    // As in ML.NET, nothing holds a vector's length against its type, and only scalar keys are counted from 0.
    private static Delegate OfArray<T>(MemberInfo member, DataViewType type, Holder<TRow> holder)
    {
        var read = Accessors<TRow>.Reader<T[]>(member);
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            var items = read(holder.Value) ?? [];
            var editor = VBufferEditor.Create(ref value, items.Length);
            items.CopyTo(editor.Values);
            value = editor.Commit();
        });
    }

    private static Delegate OfBuffer<T>(MemberInfo member, DataViewType type, Holder<TRow> holder)
    {
        var read = Accessors<TRow>.Reader<VBuffer<T>>(member);
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => read(holder.Value).CopyTo(ref value));
    }
}

/// <summary>One object at a time as a row with all its columns.</summary>
internal sealed class InputRow<TRow> : DataViewRow where TRow : class
{
    private readonly InputColumns<TRow> _columns;
    private readonly Holder<TRow> _holder = new();
    private readonly Delegate[] _getters;
    private long _position = -1;

    public InputRow(SchemaDefinition definition = null) : this(new InputColumns<TRow>(definition)) { }

    public InputRow(InputColumns<TRow> columns)
    {
        _columns = columns;
        _getters = new Delegate[columns.Schema.Count];
    }

    public override DataViewSchema Schema => _columns.Schema;
    public override long Position => _position;
    public override long Batch => 0;

    /// <summary>Shows another object from now on; the getters stay as they are.</summary>
    public void Set(TRow value)
    {
        _holder.Value = value;
        _position++;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => true;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        (_getters[column.Index] ??= _columns.Getter(column.Index, _holder)) as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Invalid TValue in GetGetter: '{typeof(TValue)}', expected type: '{column.Type.RawType}'.");

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);
}
