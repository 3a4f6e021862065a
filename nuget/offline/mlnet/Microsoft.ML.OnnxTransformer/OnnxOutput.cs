using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

/// One output and its column. A tensor is a vector of as many dimensions as it has, of which a free first one is 1 and others that are free stay free; without dimensions it is said to be one value and cannot be read.
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
        if (shape is [])
        {
            (Type, Getter) = (element.Type, _ => throw new InvalidOperationException($"Output '{name}' without dimensions cannot be read."));
            return;
        }
        var type = new VectorDataViewType(element.Type, shape.Select((d, i) => d < 0 && i == 0 ? 1 : Math.Max(d, 0)).ToArray());
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
