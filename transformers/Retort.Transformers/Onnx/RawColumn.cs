using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>A column of the data as a file of ONNX takes it, [rows, width].</summary>
internal sealed class RawColumn
{
    private RawColumn(DataViewSchema.Column column, OnnxType type, int width, object nothing) => (Column, Type, Width, Nothing) = (column, type, width, nothing);

    public DataViewSchema.Column Column { get; }

    public OnnxType Type { get; }

    public int Width { get; }

    /// <summary>The value that stands for none: 0, false, an empty text.</summary>
    public object Nothing { get; }

    public bool IsText => Type == OnnxType.Text;

    /// <summary>Whether it holds numbers of categories, from 1; 0 for none.</summary>
    public bool IsKey => Column.Type is KeyDataViewType;

    /// <summary>Null where ONNX has no such type, or where we have none for it.</summary>
    public static RawColumn? Of(DataViewSchema.Column column)
    {
        RawColumn Scalar(OnnxType type, object nothing) => new(column, type, 1, nothing);
        if (column.Type is KeyDataViewType)
            return column.Type.RawType == typeof(uint) ? Scalar(OnnxType.Int64, 0u) : null;
        if (column.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType.RawType == typeof(float) && vector.ItemType is not KeyDataViewType)
            return new(column, OnnxType.Float, vector.Size, new VBuffer<float>(vector.Size, new float[vector.Size]));
        return column.Type.RawType switch
        {
            var type when type == typeof(float) => Scalar(OnnxType.Float, 0f),
            var type when type == typeof(double) => Scalar(OnnxType.Double, 0.0),
            var type when type == typeof(bool) => Scalar(OnnxType.Truth, false),
            var type when type == typeof(ReadOnlyMemory<char>) => Scalar(OnnxType.Text, ReadOnlyMemory<char>.Empty),
            var type when type == typeof(int) => Scalar(OnnxType.Int64, 0),
            var type when type == typeof(long) => Scalar(OnnxType.Int64, 0L),
            var type when type == typeof(short) => Scalar(OnnxType.Int64, (short)0),
            var type when type == typeof(byte) => Scalar(OnnxType.Int64, (byte)0),
            _ => null,
        };
    }

    /// <summary>A value with a number in one of its places; null where the type has no such number.</summary>
    public object? With(int place, float number)
    {
        if (Nothing is VBuffer<float>)
        {
            var numbers = new float[Width];
            numbers[place] = number;
            return new VBuffer<float>(Width, numbers);
        }

        return Nothing switch
        {
            float => number,
            double => (double)number,
            bool => number is 0 or 1 ? number == 1 : null,
            uint => null,
            _ when number != MathF.Truncate(number) || float.IsNaN(number) => null,
            int => Math.Abs(number) <= int.MaxValue / 2 ? (int)number : null,
            long => (long)number,
            short => Math.Abs(number) <= short.MaxValue ? (short)number : null,
            byte => number is >= 0 and <= byte.MaxValue ? (byte)number : null,
            _ => null,
        };
    }

    /// <summary>The number in a place of a value.</summary>
    public float Number(object value, int place) => value switch
    {
        VBuffer<float> vector => vector.GetItemOrDefault(place),
        bool truth => truth ? 1 : 0,
        _ => Convert.ToSingle(value, System.Globalization.CultureInfo.InvariantCulture),
    };
}
