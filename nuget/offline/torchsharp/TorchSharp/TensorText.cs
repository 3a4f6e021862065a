using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Tensors as text. The metadata line is the original's; values are printed in nested brackets for every style.</summary>
static class TensorText
{
    internal static string Metadata(Tensor t) => $"[{string.Join("x", t.shape)}], type = {t.dtype}, device = {t.device}";

    internal static string Format(Tensor t, TensorStringStyle style, string format, string newLine)
    {
        if (style == TensorStringStyle.Default) style = torch.TensorStringStyle;
        if (style == TorchSharp.TensorStringStyle.Metadata) return Metadata(t);
        var text = new StringBuilder(Metadata(t)).Append(newLine ?? Environment.NewLine);
        using var flat = t.cpu().to_type(t.is_complex() ? ScalarType.ComplexFloat64 : ScalarType.Float64).contiguous().view(-1);
        if (t.is_complex()) return text.ToString();
        Values(flat.data<double>().ToArray(), t.shape, 0, 0, format ?? "g5", newLine ?? Environment.NewLine, text);
        return text.ToString();
    }

    static void Values(double[] values, long[] shape, int d, long at, string format, string newLine, StringBuilder text)
    {
        if (d == shape.Length) { text.Append(values[at].ToString(format, CultureInfo.InvariantCulture)); return; }
        text.Append('[');
        var stride = shape[(d + 1)..].Aggregate(1L, (a, b) => a * b);
        for (long i = 0; i < shape[d]; i++)
        {
            if (i > 0) text.Append(d == shape.Length - 1 ? " " : newLine);
            Values(values, shape, d + 1, at + i * stride, format, newLine, text);
        }
        text.Append(']');
    }
}
