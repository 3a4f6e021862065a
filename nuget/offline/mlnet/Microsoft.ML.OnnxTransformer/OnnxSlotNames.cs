using System.Text;

namespace Microsoft.ML.Transforms.Onnx;

/// Names of a vector's slots that a file carries as nodes "mlnet.COLUMN.SlotNames": the strings are the keys of a LabelEncoder.
/// Reads the fields of protobuf messages by their numbers and steps over all others, weights included.
internal static class OnnxSlotNames
{
    private const int Graph = 7, Node = 1, NodeName = 3, NodeAttribute = 5, AttributeName = 1, AttributeStrings = 9;

    public static string NodeOf(string column) => $"mlnet.{column}.SlotNames";

    public static Dictionary<string, string[]> Read(string file)
    {
        var found = new Dictionary<string, string[]>();
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        foreach (var graph in Fields(stream, 0, stream.Length, Graph))
            foreach (var node in Fields(stream, graph.Start, graph.End, Node))
            {
                var name = Fields(stream, node.Start, node.End, NodeName).Select(f => Text(stream, f)).FirstOrDefault();
                if (name == null || !name.StartsWith("mlnet.") || !name.EndsWith(".SlotNames")) continue;
                foreach (var attribute in Fields(stream, node.Start, node.End, NodeAttribute))
                    if (Fields(stream, attribute.Start, attribute.End, AttributeName).Select(f => Text(stream, f)).FirstOrDefault() == "keys_strings")
                        found[name] = Fields(stream, attribute.Start, attribute.End, AttributeStrings).Select(f => Text(stream, f)).ToArray();
            }
        return found;
    }

    /// The length-delimited fields of one number in a message that lies between two places of the stream.
    private static IEnumerable<(long Start, long End)> Fields(Stream stream, long start, long end, int number)
    {
        while (start < end)
        {
            stream.Position = start;
            var tag = Varint(stream);
            switch (tag & 7)
            {
                case 0: Varint(stream); start = stream.Position; break;
                case 1: start = stream.Position + 8; break;
                case 5: start = stream.Position + 4; break;
                case 2:
                    var length = (long)Varint(stream);
                    var content = stream.Position;
                    if (length < 0 || length > end - content) throw new InvalidDataException($"A field of the ONNX model must end within its message, but has {length} bytes at {content}.");
                    if ((int)(tag >> 3) == number) yield return (content, content + length);
                    start = content + length;
                    break;
                default: throw new InvalidDataException($"A field of the ONNX model must have a wire type of protobuf, but has {tag & 7}.");
            }
        }
    }

    private static string Text(Stream stream, (long Start, long End) field)
    {
        stream.Position = field.Start;
        var bytes = new byte[field.End - field.Start];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static ulong Varint(Stream stream)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = stream.ReadByte();
            if (next < 0) throw new EndOfStreamException("The ONNX model ends within a number.");
            value |= (ulong)(next & 127) << shift;
            if (next < 128) return value;
        }
        throw new InvalidDataException("A number of the ONNX model is longer than ten bytes.");
    }
}
