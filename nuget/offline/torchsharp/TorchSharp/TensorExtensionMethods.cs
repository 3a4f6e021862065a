using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp;

public static class TensorExtensionMethods
{
    public static bool ToBoolean(this Tensor value) => value.ToScalar().ToBoolean();
    public static byte ToByte(this Tensor value) => value.ToScalar().ToByte();
    public static sbyte ToSByte(this Tensor value) => value.ToScalar().ToSByte();
    public static short ToInt16(this Tensor value) => value.ToScalar().ToInt16();
    public static int ToInt32(this Tensor value) => value.ToScalar().ToInt32();
    public static long ToInt64(this Tensor value) => value.ToScalar().ToInt64();
    public static Half ToHalf(this Tensor value) => value.ToScalar().ToHalf();
    public static float ToSingle(this Tensor value) => value.ToScalar().ToSingle();
    public static double ToDouble(this Tensor value) => value.ToScalar().ToDouble();
    public static Complex ToComplexFloat64(this Tensor value) => value.ToScalar().ToComplexFloat64();
    public static (float, float) ToComplexFloat32(this Tensor value) => value.ToScalar().ToComplexFloat32();

    public static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.ComplexFloat64 => 16,
        _ => 8
    };
    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (a, b) => a * b);

    public static void Save(this Tensor tensor, BinaryWriter writer) => TensorFormat.Write(tensor, writer);
    public static void Save(this Tensor tensor, Stream stream) { using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, true); TensorFormat.Write(tensor, writer); }
    public static void Save(this Tensor tensor, string location) { using var writer = new BinaryWriter(File.Create(location)); TensorFormat.Write(tensor, writer); }
    public static Tensor Load(BinaryReader reader, bool skip = false) => TensorFormat.Read(reader, skip);
    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false) => TensorFormat.ReadInto(tensor, reader, skip);
    public static TorchSharp.Modules.Parameter AsParameter(this Tensor tensor) => new(tensor);

    public static string str(this Tensor tensor, string fltFormat = null, int? width = null, string newLine = null, System.Globalization.CultureInfo cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default) =>
        TensorText.Format(tensor, style, fltFormat, newLine);
    public static string metastr(this Tensor tensor) => TensorText.Metadata(tensor);
    public static Tensor print(this Tensor t, string fltFormat = "g5", int? width = 100, string newLine = null, System.Globalization.CultureInfo cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
    {
        Console.WriteLine(TensorText.Format(t, style, fltFormat, newLine));
        return t;
    }
}
