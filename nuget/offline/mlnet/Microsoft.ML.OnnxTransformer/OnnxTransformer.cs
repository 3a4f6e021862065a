using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Onnx;

[assembly: LoadableClass("Transforms the data using the Onnx model.", typeof(OnnxTransformer), null, typeof(SignatureLoadModel), "ONNX Scoring Transform", OnnxTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms.Onnx;

/// Adds the outputs of an ONNX model as columns. One row a run.
public sealed class OnnxTransformer : RowToRowTransformerBase, IDisposable
{
    internal const string LoaderSignature = "OnnxTransform";
    private const string ModelStream = "OnnxModel";

    private readonly OnnxOptions _options;

    internal OnnxTransformer(IHostEnvironment env, OnnxOptions options, OnnxModel model) : base(env.Register(nameof(OnnxTransformer)))
    {
        (_options, Model) = (options, model);
        Inputs = options.InputColumns is { Length: > 0 } inputs ? inputs : [.. model.Session.InputNames];
        var outputs = options.OutputColumns is { Length: > 0 } given ? given : [.. model.Session.OutputNames];
        foreach (var name in Inputs)
            if (!model.Inputs.ContainsKey(name)) throw new ArgumentOutOfRangeException("inputColumnNames", $"The ONNX model has no input '{name}'; it has {Names(model.Inputs.Keys)}.");
        Outputs = [.. outputs.Select(name => model.Outputs.TryGetValue(name, out var node)
            ? new OnnxOutput(name, node, model.Shape(name, node))
            : throw new ArgumentOutOfRangeException("outputColumnNames", $"The ONNX model has no output '{name}'; it has {Names(model.Outputs.Keys)}."))];

        static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));
    }

    internal OnnxModel Model { get; }

    internal string[] Inputs { get; }

    internal OnnxOutput[] Outputs { get; }

    public void Dispose() => Model.Dispose();

    private static VersionInfo Version() => new("ONNXSCOR", 0x00010003, 0x00010003, 0x00010003, typeof(OnnxTransformer).Assembly.FullName, LoaderSignature);

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new OnnxRowMapper(this, schema);

    // inputs, outputs, given shapes, limit; the model in a stream of its own
    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        ctx.Writer.Write(Inputs.Length);
        foreach (var name in Inputs) ctx.SaveNonEmptyString(name);
        ctx.Writer.Write(Outputs.Length);
        foreach (var output in Outputs) ctx.SaveNonEmptyString(output.Name);
        var shapes = _options.ShapeDictionary ?? new Dictionary<string, int[]>();
        ctx.Writer.Write(shapes.Count);
        foreach (var (name, shape) in shapes)
        {
            ctx.SaveNonEmptyString(name);
            ctx.Writer.Write(shape.Length);
            foreach (var dimension in shape) ctx.Writer.Write(dimension);
        }
        ctx.Writer.Write(_options.RecursionLimit);
        var bytes = File.ReadAllBytes(Model.File);
        ctx.SaveBinaryStream(ModelStream, writer =>
        {
            writer.Write(bytes.Length);
            writer.Write(bytes);
        });
    }

    internal static OnnxTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        var options = new OnnxOptions { InputColumns = Read(ctx, ctx.LoadNonEmptyString), OutputColumns = Read(ctx, ctx.LoadNonEmptyString) };
        options.ShapeDictionary = Read(ctx, () => (Name: ctx.LoadNonEmptyString(), Shape: Read(ctx, ctx.Reader.ReadInt32))).ToDictionary(pair => pair.Name, pair => pair.Shape);
        options.RecursionLimit = ctx.Reader.ReadInt32();
        byte[] bytes = null;
        var found = ctx.TryLoadBinaryStream(ModelStream, reader =>
        {
            var length = reader.ReadInt32();
            Decode(length >= 0 && length <= reader.BaseStream.Length);
            bytes = reader.ReadBytes(length);
            Decode(bytes.Length == length);
        });
        Decode(found);
        return new OnnxTransformer(env, options, OnnxModel.FromBytes(env, bytes, options));
    }

    private static T[] Read<T>(ModelLoadContext ctx, Func<T> item)
    {
        var count = ctx.Reader.ReadInt32();
        Decode(count >= 0 && count <= 1_000_000);
        var items = new T[count];
        for (var i = 0; i < count; i++) items[i] = item();
        return items;
    }

    private static void Decode(bool holds)
    {
        if (!holds) throw new FormatException("Corrupt model file");
    }
}
