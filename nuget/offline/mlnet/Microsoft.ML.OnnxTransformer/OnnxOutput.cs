using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms.Onnx;

/// One output and its column, always a vector: a free first dimension is the rows and goes, no dimension is one value, others that are free stay free.
internal sealed class OnnxOutput
{
    private const string Suffix = ".output";

    public OnnxOutput(string name, OnnxElement element, int[] shape)
    {
        (Name, Element) = (name, element);
        int[] dimensions = [.. (shape is [< 0, ..] ? shape[1..] : shape).Select(d => Math.Max(d, 0))];
        Type = new VectorDataViewType(element.Type, dimensions is [] ? new[] { 1 } : dimensions);
    }

    /// What the model calls it.
    public string Name { get; }

    /// What the column is called.
    public string Column => Name.EndsWith(Suffix, StringComparison.Ordinal) && Name.Length > Suffix.Length ? Name[..^Suffix.Length] : Name;

    public OnnxElement Element { get; }

    public VectorDataViewType Type { get; }
}
