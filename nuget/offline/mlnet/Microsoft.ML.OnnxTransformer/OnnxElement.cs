using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.Transforms.Onnx;

/// One type of tensor items and the column type that goes with it.
internal abstract class OnnxElement(PrimitiveDataViewType type)
{
    public PrimitiveDataViewType Type => type;

    /// Makes the tensor of a row's value, whether the column is a scalar or a vector of known size.
    public abstract Func<OrtValue> Input(DataViewRow row, DataViewSchema.Column column, long[] shape);

    /// A getter of a vector out of the tensor that a run has made.
    public abstract Delegate Output(Func<OrtValue> tensor, VectorDataViewType type, string name);

    public static OnnxElement Of(NodeMetadata node, string name)
    {
        if (node.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR)
            throw new NotSupportedException($"'{name}' must be a tensor, but is {node.OnnxValueType}; other inputs are in the package Microsoft.ML.OnnxTransformer.");
        return node.ElementDataType switch
        {
            TensorElementType.Float => new Plain<float>(NumberDataViewType.Single),
            TensorElementType.Double => new Plain<double>(NumberDataViewType.Double),
            TensorElementType.Int8 => new Plain<sbyte>(NumberDataViewType.SByte),
            TensorElementType.Int16 => new Plain<short>(NumberDataViewType.Int16),
            TensorElementType.Int32 => new Plain<int>(NumberDataViewType.Int32),
            TensorElementType.Int64 => new Plain<long>(NumberDataViewType.Int64),
            TensorElementType.UInt8 => new Plain<byte>(NumberDataViewType.Byte),
            TensorElementType.UInt16 => new Plain<ushort>(NumberDataViewType.UInt16),
            TensorElementType.UInt32 => new Plain<uint>(NumberDataViewType.UInt32),
            TensorElementType.UInt64 => new Plain<ulong>(NumberDataViewType.UInt64),
            TensorElementType.Bool => new Plain<bool>(BooleanDataViewType.Instance),
            TensorElementType.String => new Text(),
            _ => throw new NotSupportedException($"Tensors of {node.ElementDataType} such as '{name}' have no column type."),
        };
    }

    /// The row's value as an array that is filled anew for every row.
    private protected static Func<T[]> Values<T>(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType vector)
        {
            var one = new T[1];
            var get = row.GetGetter<T>(column);
            return () =>
            {
                get(ref one[0]);
                return one;
            };
        }
        var all = new T[vector.Size];
        var getAll = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> buffer = default;
        return () =>
        {
            getAll(ref buffer);
            if (buffer.Length != all.Length) throw new InvalidOperationException($"Column '{column.Name}' must have {all.Length} values a row, but has {buffer.Length}.");
            buffer.CopyTo(all);
            return all;
        };
    }

    private protected static VBufferEditor<T> Room<T>(ref VBuffer<T> value, int count, VectorDataViewType type, string name)
    {
        if (type.IsKnownSize && count != type.Size) throw new InvalidOperationException($"The model's output '{name}' must have {type.Size} values a row, but has {count}.");
        return VBufferEditor.Create(ref value, count);
    }

    private sealed class Plain<T>(PrimitiveDataViewType type) : OnnxElement(type) where T : unmanaged
    {
        public override Func<OrtValue> Input(DataViewRow row, DataViewSchema.Column column, long[] shape)
        {
            var values = Values<T>(row, column);
            return () => OrtValue.CreateTensorValueFromMemory(values(), shape);
        }

        public override Delegate Output(Func<OrtValue> tensor, VectorDataViewType type, string name) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            var data = tensor().GetTensorDataAsSpan<T>();
            var room = Room(ref value, data.Length, type, name);
            data.CopyTo(room.Values);
            value = room.Commit();
        });
    }

    private sealed class Text() : OnnxElement(TextDataViewType.Instance)
    {
        public override Func<OrtValue> Input(DataViewRow row, DataViewSchema.Column column, long[] shape)
        {
            var values = Values<ReadOnlyMemory<char>>(row, column);
            return () =>
            {
                var texts = values();
                var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
                for (var i = 0; i < texts.Length; i++) tensor.StringTensorSetElementAt(texts[i].Span, i);
                return tensor;
            };
        }

        public override Delegate Output(Func<OrtValue> tensor, VectorDataViewType type, string name) => (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            var data = tensor().GetStringTensorAsArray();
            var room = Room(ref value, data.Length, type, name);
            for (var i = 0; i < data.Length; i++) room.Values[i] = data[i].AsMemory();
            value = room.Commit();
        });
    }
}
