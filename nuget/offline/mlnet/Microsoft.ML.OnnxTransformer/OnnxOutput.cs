using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

/// One output and its column. A tensor is always a vector: a free first dimension is the rows and goes, no dimension is one value, others that are free stay free.
internal sealed class OnnxOutput
{
    private const string Suffix = ".output";

    public OnnxOutput(string name, NodeMetadata node, int[] shape)
    {
        Name = name;
        if (!node.IsTensor)
        {
            (Type, Getter) = OnnxMaps.Of(node, name);
            return;
        }
        var element = OnnxElement.Of(node, name);
        int[] dimensions = [.. (shape is [< 0, ..] ? shape[1..] : shape).Select(d => Math.Max(d, 0))];
        var type = new VectorDataViewType(element.Type, dimensions is [] ? new[] { 1 } : dimensions);
        (Type, Getter) = (type, value => element.Output(value, type, name));
    }

    /// What the model calls it.
    public string Name { get; }

    /// What the column is called.
    public string Column => Name.EndsWith(Suffix, StringComparison.Ordinal) && Name.Length > Suffix.Length ? Name[..^Suffix.Length] : Name;

    public DataViewType Type { get; }

    /// A ValueGetter of the column's raw type, from what a run gives for this output.
    public Func<Func<OrtValue>, Delegate> Getter { get; }
}
