using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Fills the members of objects from the rows of one schema.</summary>
internal sealed class RowReader<TRow> where TRow : class, new()
{
    private readonly List<(DataViewSchema.Column Column, Func<DataViewRow, Action<TRow>> Bind)> _columns = [];

    public RowReader(DataViewSchema schema, bool ignoreMissingColumns, SchemaDefinition definition = null)
    {
        definition ??= SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Write);
        foreach (var item in definition)
        {
            var name = item.ColumnName ?? item.MemberName;
            if (schema.GetColumnOrNull(name) is not { } column)
            {
                if (ignoreMissingColumns) continue;
                throw Contracts.ExceptSchemaMismatch("Schema", "", name);
            }
            var member = Accessors<TRow>.Find(item.MemberName)
                ?? throw Contracts.ExceptParam("userSchemaDefinition", $"No field or property with name '{item.MemberName}' found in type '{typeof(TRow).FullName}'");
            var memberType = Accessors<TRow>.TypeOf(member);
            var memberItem = TypedColumns.ItemOf(memberType, out var isVector);
            var raw = memberItem == typeof(string) ? typeof(ReadOnlyMemory<char>) : memberItem;
            var columnItem = (column.Type as VectorDataViewType)?.ItemType ?? column.Type;
            if (columnItem.RawType != raw || column.Type is VectorDataViewType != isVector)
                throw new InvalidOperationException($"Can't bind the IDataView column '{name}' of type '{column.Type}' to field or property '{item.MemberName}' of type '{memberType.FullName}'.");
            _columns.Add((column, Binder(column, member, memberType, memberItem)));
        }
    }

    public IEnumerable<DataViewSchema.Column> Columns => _columns.Select(c => c.Column);

    /// <summary>What fills an object from the row's current values. The row's own columns of these names are used.</summary>
    public Action<TRow> Bind(DataViewRow row)
    {
        var actions = _columns.Select(c => c.Bind(row)).ToArray();
        return target =>
        {
            foreach (var action in actions) action(target);
        };
    }

    private static Func<DataViewRow, Action<TRow>> Binder(DataViewSchema.Column column, MemberInfo member, Type memberType, Type item)
    {
        var name = memberType == typeof(string) ? nameof(ToStringMember) : memberType == typeof(string[]) ? nameof(ToStrings)
            : memberType.IsArray ? nameof(ToArray) : memberType != item ? nameof(ToBuffer) : nameof(ToScalar);
        var method = typeof(RowReader<TRow>).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static);
        if (method.IsGenericMethodDefinition) method = method.MakeGenericMethod(item);
        return row => (Action<TRow>)method.Invoke(null, [column, member, row]);
    }

    private static Action<TRow> ToScalar<T>(DataViewSchema.Column column, MemberInfo member, DataViewRow row)
    {
        var (getter, write) = (row.GetGetter<T>(column), Accessors<TRow>.Writer<T>(member));
        T value = default;
        return target =>
        {
            getter(ref value);
            write(target, value);
        };
    }

    private static Action<TRow> ToStringMember(DataViewSchema.Column column, MemberInfo member, DataViewRow row)
    {
        var (getter, write) = (row.GetGetter<ReadOnlyMemory<char>>(column), Accessors<TRow>.Writer<string>(member));
        ReadOnlyMemory<char> value = default;
        return target =>
        {
            getter(ref value);
            write(target, value.ToString());
        };
    }

    private static Action<TRow> ToStrings(DataViewSchema.Column column, MemberInfo member, DataViewRow row)
    {
        var (getter, write) = (row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column), Accessors<TRow>.Writer<string[]>(member));
        var read = Accessors<TRow>.CanRead(member) ? Accessors<TRow>.Reader<string[]>(member) : null;
        VBuffer<ReadOnlyMemory<char>> value = default;
        return target =>
        {
            getter(ref value);
            var items = read?.Invoke(target);
            if (items?.Length != value.Length) items = items == null && value.Length == 0 ? null : new string[value.Length];
            if (items != null && !value.IsDense) Array.Fill(items, "");
            var texts = value.GetValues();
            var indices = value.GetIndices();
            for (var i = 0; i < texts.Length; i++) items[value.IsDense ? i : indices[i]] = texts[i].ToString();
            write(target, items);
        };
    }

    private static Action<TRow> ToArray<T>(DataViewSchema.Column column, MemberInfo member, DataViewRow row)
    {
        var (getter, write) = (row.GetGetter<VBuffer<T>>(column), Accessors<TRow>.Writer<T[]>(member));
        var read = Accessors<TRow>.CanRead(member) ? Accessors<TRow>.Reader<T[]>(member) : null;
        VBuffer<T> value = default;
        return target =>
        {
            getter(ref value);
            var items = read?.Invoke(target);
            if (items?.Length != value.Length) items = items == null && value.Length == 0 ? null : new T[value.Length];
            if (items != null) value.CopyTo(items);
            write(target, items);
        };
    }

    private static Action<TRow> ToBuffer<T>(DataViewSchema.Column column, MemberInfo member, DataViewRow row)
    {
        var (getter, write) = (row.GetGetter<VBuffer<T>>(column), Accessors<TRow>.Writer<VBuffer<T>>(member));
        var read = Accessors<TRow>.CanRead(member) ? Accessors<TRow>.Reader<VBuffer<T>>(member) : null;
        return target =>
        {
            var value = read == null ? default : read(target); // reuses what the object has, as a fresh one has nothing
            getter(ref value);
            write(target, value);
        };
    }
}
