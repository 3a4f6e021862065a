using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// A schema as a binary data view file without rows: header, annotations, table of contents, tail.
internal static class SchemaFile
{
    private const ulong Signature = 0x00425644004C4D43; // "CML\0DVB\0"
    private const ulong TailSignature = 0x434D4C0044564200;
    private const ulong Version = 0x0001000100010006;
    private const int HeaderSize = 256;

    public static void Write(Stream stream, DataViewSchema schema)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        var start = stream.Position;
        writer.Write(new byte[HeaderSize]);
        var tables = schema.Select(c => WriteAnnotations(writer, start, c.Annotations)).ToArray();
        var toc = stream.Position - start;
        foreach (var column in schema)
        {
            writer.Write(column.Name);
            WriteType(writer, column.Type);
            writer.Write((byte)1);
            writer.Write7BitEncodedInt(1);
            writer.Write((long)HeaderSize);
            writer.Write(tables[column.Index]);
        }
        var tail = stream.Position - start;
        writer.Write(TailSignature);
        var end = stream.Position;
        stream.Position = start;
        foreach (var number in new[] { Signature, Version, Version, (ulong)toc, (ulong)tail, 0UL }) writer.Write(number);
        writer.Write(schema.Count);
        stream.Position = end;
    }

    public static DataViewSchema Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        var start = stream.Position;
        Contracts.CheckDecode(reader.ReadUInt64() == Signature, "Wrong file type");
        reader.ReadUInt64();
        Contracts.CheckDecode(reader.ReadUInt64() <= Version, "Cannot read: file format is too new");
        var toc = reader.ReadInt64();
        reader.ReadInt64();
        reader.ReadInt64();
        var count = reader.ReadInt32();
        Contracts.CheckDecode(count >= 0 && toc >= HeaderSize && toc <= stream.Length - start);
        stream.Position = start + toc;
        var columns = new List<(string Name, DataViewType Type, long Annotations)>();
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            var type = ReadType(reader);
            reader.ReadByte();
            reader.Read7BitEncodedInt();
            reader.ReadInt64();
            columns.Add((name, type, reader.ReadInt64()));
        }
        var builder = new DataViewSchema.Builder();
        foreach (var (name, type, at) in columns) builder.AddColumn(name, type, at == 0 ? null : ReadAnnotations(reader, start, at));
        return builder.ToSchema();
    }

    private static long WriteAnnotations(BinaryWriter writer, long start, DataViewSchema.Annotations annotations)
    {
        var blocks = new List<(DataViewSchema.Column Column, bool Packed, long At, int Size)>();
        foreach (var column in annotations.Schema.Where(c => !c.IsHidden))
        {
            var bytes = Rows.Call<byte[]>(null, typeof(SchemaFile), nameof(Encode), column.Type.GetItemType().RawType, annotations, column);
            if (bytes == null) continue;
            var packed = new MemoryStream();
            using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(bytes);
            var shorter = packed.Length < bytes.Length;
            if (shorter) bytes = packed.ToArray();
            blocks.Add((column, shorter, writer.BaseStream.Position - start, bytes.Length));
            writer.Write(bytes);
        }
        if (blocks.Count == 0) return 0;
        var table = writer.BaseStream.Position - start;
        writer.Write7BitEncodedInt(blocks.Count);
        foreach (var (column, packed, at, size) in blocks)
        {
            writer.Write(column.Name);
            WriteType(writer, column.Type);
            writer.Write((byte)(packed ? 1 : 0));
            writer.Write(at);
            writer.Write7BitEncodedInt64(size);
        }
        return table;
    }

    private static DataViewSchema.Annotations ReadAnnotations(BinaryReader reader, long start, long table)
    {
        var stream = reader.BaseStream;
        Contracts.CheckDecode(table >= HeaderSize && start + table < stream.Length);
        stream.Position = start + table;
        var blocks = new (string Name, DataViewType Type, int Packing, long At, long Size)[reader.Read7BitEncodedInt()];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = (reader.ReadString(), ReadType(reader), reader.ReadByte(), reader.ReadInt64(), reader.Read7BitEncodedInt64());
        var builder = new DataViewSchema.Annotations.Builder();
        foreach (var (name, type, packing, at, size) in blocks)
        {
            Contracts.CheckDecode(at >= HeaderSize && size >= 0 && start + at + size <= stream.Length);
            stream.Position = start + at;
            var bytes = reader.ReadBytes((int)size);
            if (packing == 1)
            {
                var unpacked = new MemoryStream();
                using (var deflate = new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress)) deflate.CopyTo(unpacked);
                bytes = unpacked.ToArray();
            }
            if (Rows.Call<Delegate>(null, typeof(SchemaFile), nameof(Decode), type.GetItemType().RawType, type, bytes) is { } getter) builder.Add(name, type, getter);
        }
        return builder.ToAnnotations();
    }

    private static void WriteType(BinaryWriter writer, DataViewType type)
    {
        var parameter = new MemoryStream();
        using var inner = new BinaryWriter(parameter, Encoding.UTF8);
        switch (type)
        {
            case VectorDataViewType vector:
                WriteType(inner, vector.ItemType);
                inner.Write(vector.Dimensions.Length);
                foreach (var dimension in vector.Dimensions) inner.Write(dimension);
                writer.Write("VBuffer");
                break;
            case KeyDataViewType key:
                WriteType(inner, ColumnTypes.From(key.RawType));
                inner.Write(key.Count);
                writer.Write("Key2");
                break;
            default:
                writer.Write(NameOf(type) ?? throw Contracts.ExceptNotSupp($"Saving a column of type {type} needs the real package Microsoft.ML"));
                break;
        }
        inner.Flush();
        writer.Write7BitEncodedInt((int)parameter.Length);
        writer.Write(parameter.ToArray());
    }

    private static DataViewType ReadType(BinaryReader reader)
    {
        var name = reader.ReadString();
        var size = reader.Read7BitEncodedInt();
        Contracts.CheckDecode(size is >= 0 and < 65536);
        using var inner = new BinaryReader(new MemoryStream(reader.ReadBytes(size)), Encoding.UTF8);
        switch (name)
        {
            case "VBuffer":
                var item = ReadType(inner) as PrimitiveDataViewType;
                Contracts.CheckDecode(item != null);
                var dimensions = new int[inner.ReadInt32()];
                for (var i = 0; i < dimensions.Length; i++) dimensions[i] = inner.ReadInt32();
                return new VectorDataViewType(item, dimensions);
            case "Key2":
                return new KeyDataViewType(ReadType(inner).RawType, inner.ReadUInt64());
            case "TextSpan":
                return TextDataViewType.Instance;
            default:
                return _types.FirstOrDefault(t => t.ToString() == name) ?? throw Contracts.ExceptDecode($"The column type '{name}' is unknown");
        }
    }

    private static readonly PrimitiveDataViewType[] _types =
    [
        NumberDataViewType.SByte, NumberDataViewType.Byte, NumberDataViewType.Int16, NumberDataViewType.UInt16, NumberDataViewType.Int32, NumberDataViewType.UInt32, NumberDataViewType.Int64, NumberDataViewType.UInt64,
        NumberDataViewType.Single, NumberDataViewType.Double, BooleanDataViewType.Instance, TimeSpanDataViewType.Instance, DateTimeDataViewType.Instance, DateTimeOffsetDataViewType.Instance, RowIdDataViewType.Instance,
    ];

    private static string NameOf(DataViewType type) => type is TextDataViewType ? "TextSpan" : _types.Contains(type) ? type.ToString() : null;

    private static bool IsPlain(Type type) => type.IsPrimitive || type == typeof(DataViewRowId);

    private static byte[] Encode<T>(DataViewSchema.Annotations annotations, DataViewSchema.Column column)
    {
        if (typeof(T) != typeof(ReadOnlyMemory<char>) && !IsPlain(typeof(T))) return null;
        var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        T[] values;
        if (column.Type is VectorDataViewType)
        {
            VBuffer<T> vector = default;
            annotations.GetValue(column.Name, ref vector);
            values = vector.GetValues().ToArray();
            writer.Write(1);
            writer.Write(vector.Length);
            writer.Write(vector.IsDense ? -1 : values.Length);
            writer.Write(vector.IsDense ? 0 : values.Length);
            foreach (var index in vector.GetIndices()) writer.Write(index);
        }
        else
        {
            values = new T[1];
            annotations.GetValue(column.Name, ref values[0]);
        }
        if (values is ReadOnlyMemory<char>[] texts)
        {
            writer.Write(texts.Length);
            var end = 0;
            foreach (var text in texts) writer.Write(end += text.Length);
            writer.Write(string.Concat(texts.Select(t => t.ToString())));
        }
        else if (values is bool[] flags)
            foreach (var eight in flags.Chunk(8)) writer.Write((byte)eight.Select((flag, i) => flag ? 1 << i : 0).Sum());
        else writer.Write(Bytes(values));
        writer.Flush();
        return buffer.ToArray();
    }

    private static Delegate Decode<T>(DataViewType type, byte[] bytes)
    {
        if (typeof(T) != typeof(ReadOnlyMemory<char>) && !IsPlain(typeof(T))) return null;
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        int length = 1, count = 1;
        int[] indices = null;
        if (type is VectorDataViewType)
        {
            Contracts.CheckDecode(reader.ReadInt32() == 1);
            length = reader.ReadInt32();
            count = reader.ReadInt32();
            if (count < 0) count = length;
            indices = new int[reader.ReadInt32()];
            for (var i = 0; i < indices.Length; i++) indices[i] = reader.ReadInt32();
        }
        var values = new T[count];
        if (values is ReadOnlyMemory<char>[] texts)
        {
            Contracts.CheckDecode(reader.ReadInt32() == count);
            var ends = new int[count];
            for (var i = 0; i < count; i++) ends[i] = reader.ReadInt32();
            var all = reader.ReadString().AsMemory();
            for (var i = 0; i < count; i++) texts[i] = all[(i == 0 ? 0 : ends[i - 1])..ends[i]];
        }
        else if (values is bool[] flags)
        {
            var packed = reader.ReadBytes((count + 7) / 8);
            Contracts.CheckDecode(packed.Length == (count + 7) / 8);
            for (var i = 0; i < count; i++) flags[i] = (packed[i / 8] >> i % 8 & 1) != 0;
        }
        else
        {
            var target = Bytes(values);
            Contracts.CheckDecode(reader.Read(target) == target.Length);
        }
        if (type is not VectorDataViewType) return (ValueGetter<T>)((ref T value) => value = values[0]);
        var vector = new VBuffer<T>(length, count, values, indices);
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => vector.CopyTo(ref value));
    }

    /// The memory of an array of plain numbers.
    private static Span<byte> Bytes<T>(T[] values) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference((Array)values), values.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
}
