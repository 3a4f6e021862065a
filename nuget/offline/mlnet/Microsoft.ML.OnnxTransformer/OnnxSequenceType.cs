namespace Microsoft.ML.Transforms.Onnx;

/// A column that holds a sequence a row.
public sealed class OnnxSequenceType : Microsoft.ML.Data.StructuredDataViewType
{
    private readonly Type _element;

    public OnnxSequenceType(Type elementType) : base(typeof(IEnumerable<>).MakeGenericType(elementType)) => _element = elementType;

    public override bool Equals(Microsoft.ML.Data.DataViewType other) => other is OnnxSequenceType sequence && sequence._element == _element;

    public override int GetHashCode() => _element.GetHashCode();
}
