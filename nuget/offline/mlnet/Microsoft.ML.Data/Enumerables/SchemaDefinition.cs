using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>How the members of a class and the columns of a view belong together.</summary>
public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    /// <summary>One member and its column.</summary>
    public sealed class Column
    {
        private readonly Dictionary<string, (DataViewType Type, Delegate Getter)> _annotations = [];

        internal Column(string memberName, string columnName, DataViewType columnType) => (MemberName, ColumnName, ColumnType) = (memberName, columnName, columnType);

        public string MemberName { get; }

        public string ColumnName { get; set; }

        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations
        {
            get
            {
                var builder = new DataViewSchema.Annotations.Builder();
                foreach (var (kind, (type, getter)) in _annotations) builder.Add(kind, type, getter);
                return builder.ToAnnotations();
            }
        }

        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
        {
            if (_annotations.ContainsKey(kind)) throw new InvalidOperationException("Column already contains an annotation of this kind.");
            Delegate getter = typeof(T) switch
            {
                { IsArray: true } => typeof(Column).GetMethod(nameof(ArrayGetter), BindingFlags.NonPublic | BindingFlags.Static)
                    .MakeGenericMethod(typeof(T).GetElementType()).Invoke(null, [value]) as Delegate,
                var t when t == typeof(string) => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> dst) => dst = (value as string).AsMemory()),
                _ => (ValueGetter<T>)((ref T dst) => dst = value),
            };
            _annotations.Add(kind, (annotationType, getter));
        }

        internal void CopyAnnotations(DataViewSchema.Annotations from)
        {
            foreach (var column in from.Schema)
                _annotations[column.Name] = (column.Type, (Delegate)typeof(DataViewSchema.Annotations).GetMethod(nameof(from.GetGetter))
                    .MakeGenericMethod(column.Type.RawType).Invoke(from, [column]));
        }

        private static Delegate ArrayGetter<TItem>(TItem[] items)
        {
            if (items is string[] texts)
            {
                var buffer = new VBuffer<ReadOnlyMemory<char>>(texts.Length, texts.Select(t => t.AsMemory()).ToArray());
                return (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> dst) => buffer.CopyTo(ref dst));
            }
            var values = new VBuffer<TItem>(items.Length, items);
            return (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> dst) => values.CopyTo(ref dst));
        }
    }

    [Flags]
    public enum Direction { Read = 1, Write = 2, Both = 3 }

    private SchemaDefinition() { }

    public Column this[string columnName]
    {
        get => this.FirstOrDefault(c => c.ColumnName == columnName);
        set
        {
            if (value == null) throw new ArgumentNullException(nameof(value));
            var at = FindIndex(c => c.ColumnName == columnName);
            if (at < 0) throw new ArgumentOutOfRangeException(nameof(columnName), $"Column '{columnName}' not found");
            this[at] = value;
        }
    }

    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        var result = new SchemaDefinition();
        var names = new HashSet<string>();
        foreach (var member in Members(userType, direction))
        {
            if (member.GetCustomAttribute<NoColumnAttribute>() != null) continue;
            var name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
            if (!names.Add(name)) throw new ArgumentOutOfRangeException(nameof(userType), $"Duplicate column name '{name}' detected, this is disallowed");
            result.Add(new Column(member.Name, name, ColumnTypeOf(member)));
        }
        return result;
    }

    internal static SchemaDefinition Create(Type userType, DataViewSchema schema)
    {
        var result = Create(userType, Direction.Read);
        foreach (var needed in schema)
            if (result.All(c => c.ColumnName != needed.Name)) throw new InvalidOperationException($"Type should contain a member named {needed.Name}");
        foreach (var column in result)
        {
            if (schema.GetColumnOrNull(column.ColumnName) is not { } source) continue;
            column.ColumnType = source.Type;
            column.CopyAnnotations(source.Annotations);
        }
        return result;
    }

    private static IEnumerable<MemberInfo> Members(Type type, Direction direction)
    {
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Instance)) yield return field;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var fits = property.GetIndexParameters().Length == 0
                && (direction.HasFlag(Direction.Read) && property is { CanRead: true, GetMethod.IsPublic: true }
                    || direction.HasFlag(Direction.Write) && property is { CanWrite: true, SetMethod.IsPublic: true });
            if (fits) yield return property;
        }
    }

    private static DataViewType ColumnTypeOf(MemberInfo member)
    {
        var type = member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
        var item = TypedColumns.ItemOf(type, out var isVector);
        var itemType = TypedColumns.TypeOf(item) ?? throw new ArgumentOutOfRangeException("rawType",
            $"Could not determine an IDataView type and registered custom types for member {member.Name}");
        if (member.GetCustomAttribute<KeyTypeAttribute>() is { } key)
        {
            if (!KeyDataViewType.IsValidDataType(itemType.RawType))
                throw new ArgumentOutOfRangeException("userType", $"Member {member.Name} marked with KeyType attribute, but does not appear to be a valid kind of data for a key type");
            itemType = new KeyDataViewType(itemType.RawType, key.Count ?? throw new NotSupportedException("Using KeyType without the Count parameter is not supported"));
        }
        var vector = member.GetCustomAttribute<VectorTypeAttribute>();
        if (vector != null && !isVector)
            throw new ArgumentOutOfRangeException("userType", $"Member {member.Name} marked with {nameof(VectorTypeAttribute)}, but does not appear to be a vector type");
        return !isVector ? itemType : vector is { Dims.Length: > 0 } ? new VectorDataViewType(itemType, vector.Dims) : new VectorDataViewType(itemType, 0);
    }
}
