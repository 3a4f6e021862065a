namespace Microsoft.ML.Transforms.Onnx;

/// A column that holds a dictionary a row.
public sealed class OnnxMapType : Microsoft.ML.Data.StructuredDataViewType
{
    public OnnxMapType(Type keyType, Type valueType) : base(typeof(IDictionary<,>).MakeGenericType(keyType, valueType)) { }

    public override bool Equals(Microsoft.ML.Data.DataViewType other) => other is OnnxMapType map && map.RawType == RawType;

    public override int GetHashCode() => RawType.GetHashCode();
}
