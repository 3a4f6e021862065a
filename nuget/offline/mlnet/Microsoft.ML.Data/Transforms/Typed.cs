using System.Reflection;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// Work on values whose type is known only at run time.
internal static class Typed
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;

    /// Calls a generic method of the target (or of a type, where it is static) with these type arguments.
    public static object Call(object target, string method, Type[] types, params object[] arguments)
    {
        var owner = target as Type ?? target.GetType();
        var found = owner.GetMethods(Any).Single(m => m.Name == method && m.IsGenericMethodDefinition && m.GetGenericArguments().Length == types.Length);
        return found.MakeGenericMethod(types).Invoke(found.IsStatic ? null : target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    /// The missing value of a type: NaN for numbers with a fraction, otherwise the default.
    public static T Missing<T>() =>
        typeof(T) == typeof(float) ? (T)(object)float.NaN : typeof(T) == typeof(double) ? (T)(object)double.NaN : default;

    public static bool IsMissing<T>(in T value) => value switch
    {
        float number => float.IsNaN(number),
        double number => double.IsNaN(number),
        ReadOnlyMemory<char> text => text.IsEmpty,
        _ => false,
    };

    public static ulong RawKey<T>(T key) => key switch { uint k => k, byte k => k, ushort k => k, ulong k => k, _ => 0 };

    /// Equality of values as keys of a dictionary: texts by their characters.
    public static IEqualityComparer<T> Equality<T>() =>
        typeof(T) == typeof(ReadOnlyMemory<char>) ? (IEqualityComparer<T>)(object)TextEquality.Instance : EqualityComparer<T>.Default;

    public static IComparer<T> Order<T>() =>
        typeof(T) == typeof(ReadOnlyMemory<char>) ? (IComparer<T>)(object)TextEquality.Instance : Comparer<T>.Default;

    private sealed class TextEquality : IEqualityComparer<ReadOnlyMemory<char>>, IComparer<ReadOnlyMemory<char>>
    {
        public static readonly TextEquality Instance = new();
        public bool Equals(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.SequenceEqual(y.Span);
        public int GetHashCode(ReadOnlyMemory<char> text) => string.GetHashCode(text.Span);
        public int Compare(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.SequenceCompareTo(y.Span);
    }

    public static Delegate CopyGetter<T>(DataViewRow row, int index) => row.GetGetter<T>(row.Schema[index]);

    /// A getter for all values of a scalar or vector column as one buffer.
    public static ValueGetter<VBuffer<T>> VectorGetter<T>(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
            return row.GetGetter<VBuffer<T>>(column);
        var scalar = row.GetGetter<T>(column);
        return (ref VBuffer<T> values) =>
        {
            var editor = VBufferEditor.Create(ref values, 1);
            scalar(ref editor.Values[0]);
            values = editor.Commit();
        };
    }

    /// Applies a map value by value: a getter for a scalar or vector column. Zeros of a sparse vector are skipped where the map keeps them.
    public static Delegate MapGetter<TIn, TOut>(DataViewRow row, DataViewSchema.Column column, Func<TIn, int, TOut> map, bool keepsDefault)
    {
        if (column.Type is not VectorDataViewType)
        {
            var scalar = row.GetGetter<TIn>(column);
            TIn value = default;
            return (ValueGetter<TOut>)((ref TOut result) =>
            {
                scalar(ref value);
                result = map(value, 0);
            });
        }
        var vector = row.GetGetter<VBuffer<TIn>>(column);
        VBuffer<TIn> buffer = default;
        return (ValueGetter<VBuffer<TOut>>)((ref VBuffer<TOut> result) =>
        {
            vector(ref buffer);
            var values = buffer.GetValues();
            if (buffer.IsDense || keepsDefault)
            {
                var editor = VBufferEditor.Create(ref result, buffer.Length, values.Length);
                for (var i = 0; i < values.Length; i++)
                    editor.Values[i] = map(values[i], buffer.IsDense ? i : buffer.GetIndices()[i]);
                if (!buffer.IsDense)
                    buffer.GetIndices().CopyTo(editor.Indices);
                result = editor.Commit();
                return;
            }
            var dense = VBufferEditor.Create(ref result, buffer.Length);
            for (var i = 0; i < buffer.Length; i++)
                dense.Values[i] = map(default, i);
            for (var i = 0; i < values.Length; i++)
                dense.Values[buffer.GetIndices()[i]] = map(values[i], buffer.GetIndices()[i]);
            result = dense.Commit();
        });
    }

    public static bool TryGetAnnotation<T>(DataViewSchema.Column column, string kind, out T value)
    {
        value = default;
        if (column.Annotations.Schema.GetColumnOrNull(kind) == null)
            return false;
        column.Annotations.GetValue(kind, ref value);
        return true;
    }

    /// The column's slot names, or null.
    public static VBuffer<ReadOnlyMemory<char>>? SlotNames(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType vector || !column.HasSlotNames(vector.Size))
            return null;
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(AnnotationUtils.Kinds.SlotNames, ref names);
        return names;
    }

    public static DataKind Kind(DataViewType itemType) =>
        Enum.GetValues<DataKind>().First(kind => kind.ToDataViewType().RawType == itemType.RawType);

    public static void Write<T>(BinaryWriter writer, T[] values)
    {
        writer.Write(values.Length);
        foreach (var value in values)
            switch (value)
            {
                case sbyte x: writer.Write(x); break;
                case byte x: writer.Write(x); break;
                case short x: writer.Write(x); break;
                case ushort x: writer.Write(x); break;
                case int x: writer.Write(x); break;
                case uint x: writer.Write(x); break;
                case long x: writer.Write(x); break;
                case ulong x: writer.Write(x); break;
                case float x: writer.Write(x); break;
                case double x: writer.Write(x); break;
                case bool x: writer.Write(x); break;
                case ReadOnlyMemory<char> x: writer.Write(x.ToString()); break;
                case TimeSpan x: writer.Write(x.Ticks); break;
                case DateTime x: writer.Write(x.Ticks); break;
                case DateTimeOffset x: writer.Write(x.Ticks); writer.Write((short)x.Offset.TotalMinutes); break;
                default: throw Contracts.ExceptNotSupp($"Values of type {typeof(T).Name} can only be saved by the package Microsoft.ML.");
            }
    }

    public static T[] Read<T>(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        Contracts.CheckDecode(count >= 0 && count <= reader.BaseStream.Length);
        var values = new T[count];
        for (var i = 0; i < count; i++)
            values[i] = (T)One();
        return values;

        object One()
        {
            if (typeof(T) == typeof(sbyte)) return reader.ReadSByte();
            if (typeof(T) == typeof(byte)) return reader.ReadByte();
            if (typeof(T) == typeof(short)) return reader.ReadInt16();
            if (typeof(T) == typeof(ushort)) return reader.ReadUInt16();
            if (typeof(T) == typeof(int)) return reader.ReadInt32();
            if (typeof(T) == typeof(uint)) return reader.ReadUInt32();
            if (typeof(T) == typeof(long)) return reader.ReadInt64();
            if (typeof(T) == typeof(ulong)) return reader.ReadUInt64();
            if (typeof(T) == typeof(float)) return reader.ReadSingle();
            if (typeof(T) == typeof(double)) return reader.ReadDouble();
            if (typeof(T) == typeof(bool)) return reader.ReadBoolean();
            if (typeof(T) == typeof(ReadOnlyMemory<char>)) return reader.ReadString().AsMemory();
            if (typeof(T) == typeof(TimeSpan)) return new TimeSpan(reader.ReadInt64());
            if (typeof(T) == typeof(DateTime)) return new DateTime(reader.ReadInt64());
            if (typeof(T) == typeof(DateTimeOffset)) return new DateTimeOffset(reader.ReadInt64(), TimeSpan.FromMinutes(reader.ReadInt16()));
            throw Contracts.ExceptDecode("Corrupt model file");
        }
    }
}
