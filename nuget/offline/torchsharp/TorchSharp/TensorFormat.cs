using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>How a tensor lies in a file: type, rank and sizes as LEB128 numbers, then the raw values.</summary>
static class TensorFormat
{
    internal static void Number(this BinaryWriter writer, long value) => writer.Write7BitEncodedInt64(value);
    internal static long Number(this BinaryReader reader) => reader.Read7BitEncodedInt64();

    internal static void Write(Tensor tensor, BinaryWriter writer)
    {
        writer.Number((long)tensor.dtype);
        var shape = tensor.shape;
        writer.Number(shape.Length);
        foreach (var d in shape) writer.Number(d);
        using var here = tensor.cpu();
        using var values = here.contiguous();
        writer.Flush();
        values.WriteBytesToStream(writer.BaseStream);
    }

    static (ScalarType, long[]) Header(BinaryReader reader)
    {
        var type = (ScalarType)reader.Number();
        var shape = new long[reader.Number()];
        for (var i = 0; i < shape.Length; i++) shape[i] = reader.Number();
        return (type, shape);
    }

    static void Skip(BinaryReader reader, ScalarType type, long[] shape) => reader.BaseStream.Seek(shape.TotalSize() * type.ElementSize(), SeekOrigin.Current);

    internal static Tensor Read(BinaryReader reader, bool skip)
    {
        var (type, shape) = Header(reader);
        if (skip) { Skip(reader, type, shape); return null; }
        var tensor = torch.empty(shape, type, CPU);
        tensor.ReadBytesFromStream(reader.BaseStream);
        return tensor;
    }

    internal static void ReadInto(Tensor tensor, BinaryReader reader, bool skip)
    {
        var (type, shape) = Header(reader);
        if (!skip && type != tensor.dtype) throw new ArgumentException("Mismatched tensor data types while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        if (!skip && !shape.SequenceEqual(tensor.shape)) throw new ArgumentException("Mismatched tensor shape while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        if (skip) { Skip(reader, type, shape); return; }
        using var values = torch.empty(shape, type, CPU);
        values.ReadBytesFromStream(reader.BaseStream);
        using (no_grad()) tensor.copy_(values);
    }
}
