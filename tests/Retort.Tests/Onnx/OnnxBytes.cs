using System.Buffers.Binary;
using System.Text;

namespace Retort.Tests;

/// <summary>Small ONNX files, put together field by field: protobuf messages as bytes, opset 17.</summary>
internal static class OnnxBytes
{
    public const int Float = 1, Int32 = 6, Int64 = 7, Text = 8, Bool = 9, Double = 11;

    public static byte[] Model(byte[][] nodes, byte[][] inputs, byte[][] outputs, params byte[][] initializers) =>
        [
            .. Number(1, 8), // IR version
            .. Message(7, [.. nodes.SelectMany(n => Message(1, n)), .. String(2, "g"), .. initializers.SelectMany(t => Message(5, t)), .. inputs.SelectMany(v => Message(11, v)), .. outputs.SelectMany(v => Message(12, v))]),
            .. Message(8, [.. String(1, ""), .. Number(2, 17)]),
            .. Message(8, [.. String(1, "ai.onnx.ml"), .. Number(2, 3)]),
        ];

    public static byte[] Node(string op, string[] inputs, string[] outputs, params byte[][] attributes) =>
        [.. inputs.SelectMany(i => String(1, i)), .. outputs.SelectMany(o => String(2, o)), .. String(4, op), .. attributes.SelectMany(a => Message(5, a))];

    /// <summary>A named node of the domain ai.onnx.ml.</summary>
    public static byte[] MlNode(string name, string op, string[] inputs, string[] outputs, params byte[][] attributes) =>
        [.. Node(op, inputs, outputs, attributes), .. String(3, name), .. String(7, "ai.onnx.ml")];

    public static byte[] Attribute(string name, long value) => [.. String(1, name), .. Number(3, value), .. Number(20, 2)];

    public static byte[] Attribute(string name, params string[] values) => [.. String(1, name), .. values.SelectMany(v => String(9, v)), .. Number(20, 8)];

    public static byte[] Attribute(string name, params long[] values) => [.. String(1, name), .. values.SelectMany(v => Number(8, v)), .. Number(20, 7)];

    /// <summary>An input or output; a dimension is a number, or a name where it is free.</summary>
    public static byte[] Value(string name, int element, params object[] dimensions) => [.. String(1, name), .. Message(2, TensorType(element, dimensions))];

    /// <summary>An output that is a sequence of maps from text to float.</summary>
    public static byte[] SequenceOfMaps(string name) =>
        [.. String(1, name), .. Message(2, Message(4, Message(1, Message(5, [.. Number(1, Text), .. Message(2, TensorType(Float))]))))];

    public static byte[] Tensor(string name, long[] dimensions, params float[] values)
    {
        var raw = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(4 * i), values[i]);
        return [.. dimensions.SelectMany(d => Number(1, d)), .. Number(2, Float), .. String(8, name), .. Message(9, raw)];
    }

    private static byte[] TensorType(int element, params object[] dimensions) =>
        Message(1, [.. Number(1, element), .. Message(2, [.. dimensions.SelectMany(d => Message(1, d is string free ? String(2, free) : Number(1, Convert.ToInt64(d, null))))])]);

    private static byte[] String(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Message(int field, byte[] content) => [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value > 127; value >>= 7)
            yield return (byte)(value | 128);
        yield return (byte)value;
    }
}
