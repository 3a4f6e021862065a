namespace Retort;

/// <summary>What a value of a graph holds, by ONNX's own numbers.</summary>
internal enum OnnxType
{
    Float = 1,
    Int64 = 7,
    Text = 8,
    Truth = 9,
    Double = 11,
}
