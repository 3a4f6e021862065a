using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>The values behind the numbers of a key column, in the type that its annotation has.</summary>
internal abstract class ClassValues
{
    private static readonly Kind[] Kinds =
    [
        new Kind<ReadOnlyMemory<char>>(0, TextDataViewType.Instance, (writer, value) => writer.Write(value.ToString()), reader => reader.ReadString().AsMemory()),
        new Kind<float>(1, NumberDataViewType.Single, (writer, value) => writer.Write(value), reader => reader.ReadSingle()),
        new Kind<double>(2, NumberDataViewType.Double, (writer, value) => writer.Write(value), reader => reader.ReadDouble()),
        new Kind<sbyte>(3, NumberDataViewType.SByte, (writer, value) => writer.Write(value), reader => reader.ReadSByte()),
        new Kind<byte>(4, NumberDataViewType.Byte, (writer, value) => writer.Write(value), reader => reader.ReadByte()),
        new Kind<short>(5, NumberDataViewType.Int16, (writer, value) => writer.Write(value), reader => reader.ReadInt16()),
        new Kind<ushort>(6, NumberDataViewType.UInt16, (writer, value) => writer.Write(value), reader => reader.ReadUInt16()),
        new Kind<int>(7, NumberDataViewType.Int32, (writer, value) => writer.Write(value), reader => reader.ReadInt32()),
        new Kind<uint>(8, NumberDataViewType.UInt32, (writer, value) => writer.Write(value), reader => reader.ReadUInt32()),
        new Kind<long>(9, NumberDataViewType.Int64, (writer, value) => writer.Write(value), reader => reader.ReadInt64()),
        new Kind<ulong>(10, NumberDataViewType.UInt64, (writer, value) => writer.Write(value), reader => reader.ReadUInt64()),
        new Kind<bool>(11, BooleanDataViewType.Instance, (writer, value) => writer.Write(value), reader => reader.ReadBoolean()),
        new Kind<DateTime>(12, DateTimeDataViewType.Instance, (writer, value) => writer.Write(value.Ticks), reader => new DateTime(reader.ReadInt64())),
        new Kind<TimeSpan>(13, TimeSpanDataViewType.Instance, (writer, value) => writer.Write(value.Ticks), reader => new TimeSpan(reader.ReadInt64())),
    ];

    /// <summary>The values as text; two columns have the same classes where these are equal.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    public abstract bool IsText { get; }

    /// <summary>The values that an annotation of the column holds, or null where it has none.</summary>
    public static ClassValues? Of(DataViewSchema.Column column, string annotation) =>
        column.Annotations.Schema.GetColumnOrNull(annotation)?.Type is VectorDataViewType type
            ? Array.Find(Kinds, kind => kind.Type.Equals(type.ItemType))?.Of(column.Annotations, annotation)
            : null;

    public static ClassValues Read(BinaryReader reader)
    {
        var code = reader.ReadByte();
        var kind = Array.Find(Kinds, kind => kind.Code == code) ?? throw new InvalidDataException($"The type of the label's values must be one of 0 to {Kinds.Length - 1}, but is {code}.");
        return kind.Read(reader, Count(reader));
    }

    /// <summary>Adds the values as an annotation, such as KeyValues.</summary>
    public abstract void AddTo(DataViewSchema.Annotations.Builder builder, string annotation);

    public abstract void Write(BinaryWriter writer);

    // each value takes a byte at least
    private static int Count(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        var left = reader.BaseStream.Length - reader.BaseStream.Position;
        return count >= 0 && count <= left ? count : throw new InvalidDataException($"The number of the label's values must lie in [0, {left}], but is {count}.");
    }

    private abstract class Kind(byte code, PrimitiveDataViewType type)
    {
        public byte Code => code;

        public PrimitiveDataViewType Type => type;

        public abstract ClassValues Of(DataViewSchema.Annotations annotations, string annotation);

        public abstract ClassValues Read(BinaryReader reader, int count);
    }

    private sealed class Kind<T>(byte code, PrimitiveDataViewType type, Action<BinaryWriter, T> write, Func<BinaryReader, T> read) : Kind(code, type)
    {
        public override ClassValues Of(DataViewSchema.Annotations annotations, string annotation)
        {
            var values = default(VBuffer<T>);
            annotations.GetValue(annotation, ref values);
            return new Typed<T>(this, write, [.. values.DenseValues()]);
        }

        public override ClassValues Read(BinaryReader reader, int count)
        {
            var values = new T[count];
            for (var i = 0; i < count; i++)
                values[i] = read(reader);
            return new Typed<T>(this, write, values);
        }
    }

    private sealed class Typed<T>(Kind kind, Action<BinaryWriter, T> write, T[] values) : ClassValues
    {
        public override IReadOnlyList<string> Names { get; } = [.. values.Select(value => Convert.ToString((object)value!, CultureInfo.InvariantCulture)!)];

        public override bool IsText => kind.Type is TextDataViewType;

        public override void AddTo(DataViewSchema.Annotations.Builder builder, string annotation) =>
            builder.Add(annotation, new VectorDataViewType(kind.Type, values.Length), (ref VBuffer<T> value) => VBuffer<T>.Copy(values, 0, ref value, values.Length));

        public override void Write(BinaryWriter writer)
        {
            writer.Write(kind.Code);
            writer.Write(values.Length);
            foreach (var value in values)
                write(writer, value);
        }
    }
}
