using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Retort;

/// <summary>A computation as ONNX writes it down: inputs, constants, nodes and outputs, in operators of opset 17. The number of rows is free.</summary>
/// <remarks>Source: the Open Neural Network Exchange, https://github.com/onnx/onnx/blob/main/docs/IR.md and Operators.md.</remarks>
internal sealed class OnnxGraph
{
    private const long Version = 8, Operators = 17, MachineLearningOperators = 3;

    private readonly List<ByteString> _nodes = [], _constants = [], _inputs = [], _outputs = [];
    private readonly List<(string Key, string Value)> _notes = [];
    private int _names;

    /// <summary>What the caller gives, [rows, width].</summary>
    public OnnxValue Input(string name, OnnxType type, int width)
    {
        _inputs.Add(Described(name, type, width));
        return new(this, name, type);
    }

    /// <summary>What the caller receives, [rows, width].</summary>
    public void Output(string name, OnnxValue value, int width)
    {
        Add("Identity", [value.Name], [name], []);
        _outputs.Add(Described(name, value.Type, width));
    }

    /// <summary>A remark about the file for whoever reads it.</summary>
    public void Note(string key, string value) => _notes.Add((key, value));

    public OnnxValue Constant(ReadOnlySpan<float> numbers, params long[] shape) => Constant(OnnxType.Float, shape, MemoryMarshal.AsBytes(numbers));

    public OnnxValue Constant(ReadOnlySpan<double> numbers, params long[] shape) => Constant(OnnxType.Double, shape, MemoryMarshal.AsBytes(numbers));

    public OnnxValue Constant(ReadOnlySpan<long> numbers, params long[] shape) => Constant(OnnxType.Int64, shape, MemoryMarshal.AsBytes(numbers));

    public OnnxValue Constant(IReadOnlyList<string> texts)
    {
        var value = New(OnnxType.Text);
        _constants.Add(new OnnxMessage().With(1, texts.Count).With(2, (long)OnnxType.Text).WithEach(texts, (message, text) => message.With(6, text)).With(8, value.Name).ToBytes());
        return value;
    }

    /// <summary>A number that applies to all, in the type of what it is joined with.</summary>
    public OnnxValue Scalar(double number, OnnxType type) => type switch
    {
        OnnxType.Float => Constant([(float)number], []),
        OnnxType.Double => Constant([number], []),
        _ => Constant([(long)number], []),
    };

    /// <summary>The result of an operator.</summary>
    /// <param name="operation">Its name; those of ONNX's operators for other models begin with <c>ai.onnx.ml.</c>.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="inputs">What it is made of.</param>
    /// <param name="attributes">Names and values: whole numbers, floats, texts or lists of these.</param>
    public OnnxValue Node(string operation, OnnxType type, IReadOnlyList<OnnxValue> inputs, params (string Name, object Value)[] attributes)
    {
        var value = New(type);
        Add(operation, inputs.Select(input => input.Name), [value.Name], attributes);
        return value;
    }

    /// <summary>The second result of an operator that has two.</summary>
    public OnnxValue Second(string operation, OnnxType type, IReadOnlyList<OnnxValue> inputs, params (string Name, object Value)[] attributes)
    {
        var value = New(type);
        Add(operation, inputs.Select(input => input.Name), [New(type).Name, value.Name], attributes);
        return value;
    }

    /// <summary>The file.</summary>
    public void Write(Stream stream)
    {
        var graph = new OnnxMessage()
            .WithEach(_nodes, (message, node) => message.With(1, node))
            .With(2, "Retort")
            .WithEach(_constants, (message, constant) => message.With(5, constant))
            .WithEach(_inputs, (message, input) => message.With(11, input))
            .WithEach(_outputs, (message, output) => message.With(12, output));
        new OnnxMessage().With(1, Version)
            .With(2, "Retort")
            .With(3, typeof(OnnxGraph).Assembly.GetName().Version!.ToString(3))
            .With(7, graph)
            .With(8, new OnnxMessage().With(1, "").With(2, Operators))
            .With(8, new OnnxMessage().With(1, "ai.onnx.ml").With(2, MachineLearningOperators))
            .WithEach(_notes, (message, note) => message.With(14, new OnnxMessage().With(1, note.Key).With(2, note.Value)))
            .ToBytes().WriteTo(stream);
    }

    private OnnxValue New(OnnxType type) => new(this, $"v{_names++}", type);

    private OnnxValue Constant(OnnxType type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        var value = New(type);
        _constants.Add(new OnnxMessage().WithEach(shape, (message, size) => message.With(1, size)).With(2, (long)type).With(8, value.Name).With(9, ByteString.CopyFrom(bytes)).ToBytes());
        return value;
    }

    private void Add(string operation, IEnumerable<string> inputs, IEnumerable<string> outputs, IEnumerable<(string Name, object Value)> attributes)
    {
        var dot = operation.LastIndexOf('.');
        var node = new OnnxMessage().WithEach(inputs, (message, name) => message.With(1, name)).WithEach(outputs, (message, name) => message.With(2, name))
            .With(3, $"n{_nodes.Count}").With(4, operation[(dot + 1)..]).WithEach(attributes, (message, attribute) => message.With(5, Attribute(attribute.Name, attribute.Value)));
        _nodes.Add((dot < 0 ? node : node.With(7, operation[..dot])).ToBytes());
    }

    private static OnnxMessage Attribute(string name, object value)
    {
        var attribute = new OnnxMessage().With(1, name);
        return value switch
        {
            float number => attribute.With(2, number).With(20, 1),
            long number => attribute.With(3, number).With(20, 2),
            string text => attribute.With(4, text).With(20, 3),
            float[] numbers => attribute.WithEach(numbers, (message, number) => message.With(7, number)).With(20, 6),
            long[] numbers => attribute.WithEach(numbers, (message, number) => message.With(8, number)).With(20, 7),
            string[] texts => attribute.WithEach(texts, (message, text) => message.With(9, text)).With(20, 8),
            _ => throw new NotSupportedException($"An attribute of ONNX must be a number, a text or a list of them, but is {value.GetType().Name}."),
        };
    }

    private static ByteString Described(string name, OnnxType type, int width)
    {
        var shape = new OnnxMessage().With(1, new OnnxMessage().With(2, "rows")).With(1, new OnnxMessage().With(1, width));
        return new OnnxMessage().With(1, name).With(2, new OnnxMessage().With(1, new OnnxMessage().With(1, (long)type).With(2, shape))).ToBytes();
    }
}
