using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.Transforms.Onnx;

/// Outputs that are maps from class names or numbers to floats, or sequences of them, as classifiers of other libraries give their probabilities.
internal static class OnnxMaps
{
    public static (DataViewType Type, Func<Func<OrtValue>, Delegate> Getter) Of(NodeMetadata node, string name)
    {
        var sequence = node.OnnxValueType == OnnxValueType.ONNX_TYPE_SEQUENCE;
        var map = sequence ? node.AsSequenceMetadata().ElementMeta : node;
        if (map.OnnxValueType == OnnxValueType.ONNX_TYPE_MAP && map.AsMapMetadata() is { ValueMetadata: { IsTensor: true, ElementDataType: TensorElementType.Float } } types)
            switch (types.KeyDataType)
            {
                case TensorElementType.String: return Of<string>(sequence, keys => keys.GetStringTensorAsArray());
                case TensorElementType.Int64: return Of<long>(sequence, keys => keys.GetTensorDataAsSpan<long>().ToArray());
            }
        throw new NotSupportedException($"The output '{name}' is neither a tensor nor made of maps to floats; other types are in the package Microsoft.ML.OnnxTransformer.");
    }

    private static (DataViewType, Func<Func<OrtValue>, Delegate>) Of<TKey>(bool sequence, Func<OrtValue, TKey[]> keys)
    {
        if (!sequence)
            return (new OnnxMapType(typeof(TKey), typeof(float)), value => (ValueGetter<IDictionary<TKey, float>>)((ref IDictionary<TKey, float> map) => map = Read(value(), keys)));
        return (new OnnxSequenceType(typeof(IDictionary<TKey, float>)), value => (ValueGetter<IEnumerable<IDictionary<TKey, float>>>)((ref IEnumerable<IDictionary<TKey, float>> maps) =>
        {
            var all = value();
            var read = new IDictionary<TKey, float>[all.GetValueCount()];
            for (var i = 0; i < read.Length; i++)
            {
                using var one = all.GetValue(i, OrtAllocator.DefaultInstance);
                read[i] = Read(one, keys);
            }
            maps = read;
        }));
    }

    private static IDictionary<TKey, float> Read<TKey>(OrtValue map, Func<OrtValue, TKey[]> keys)
    {
        using var names = map.GetValue(0, OrtAllocator.DefaultInstance);
        using var values = map.GetValue(1, OrtAllocator.DefaultInstance);
        return keys(names).Zip(values.GetTensorDataAsSpan<float>().ToArray()).ToDictionary(pair => pair.First, pair => pair.Second);
    }
}
