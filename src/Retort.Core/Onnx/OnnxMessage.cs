using Google.Protobuf;

namespace Retort;

/// <summary>One message in the protocol buffers that ONNX files consist of, field by field. Numbers of fields are those of onnx.proto.</summary>
internal sealed class OnnxMessage
{
    private readonly MemoryStream _bytes = new();
    private readonly CodedOutputStream _output;

    public OnnxMessage() => _output = new(_bytes, leaveOpen: true);

    public OnnxMessage With(int field, string text) => Write(field, WireFormat.WireType.LengthDelimited, output => output.WriteString(text));

    public OnnxMessage With(int field, long number) => Write(field, WireFormat.WireType.Varint, output => output.WriteInt64(number));

    public OnnxMessage With(int field, float number) => Write(field, WireFormat.WireType.Fixed32, output => output.WriteFloat(number));

    public OnnxMessage With(int field, OnnxMessage message) => With(field, message.ToBytes());

    public OnnxMessage With(int field, ByteString bytes) => Write(field, WireFormat.WireType.LengthDelimited, output => output.WriteBytes(bytes));

    public OnnxMessage WithEach<T>(IEnumerable<T> items, Func<OnnxMessage, T, OnnxMessage> write) => items.Aggregate(this, write);

    public ByteString ToBytes()
    {
        _output.Flush();
        return UnsafeByteOperations.UnsafeWrap(_bytes.GetBuffer().AsMemory(0, (int)_bytes.Length));
    }

    private OnnxMessage Write(int field, WireFormat.WireType type, Action<CodedOutputStream> write)
    {
        _output.WriteTag(field, type);
        write(_output);
        return this;
    }
}
