using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Tensors as text. The metadata line is the original's; values are printed plainly in each of its styles.</summary>
static class TensorText
{
    internal static string Metadata(Tensor t) => $"[{string.Join("x", t.shape)}], type = {t.dtype}, device = {t.device}";

    internal static string Format(Tensor t, TensorStringStyle style, string format, string newLine)
    {
        if (style == TensorStringStyle.Default) style = torch.TensorStringStyle;
        if (style == TorchSharp.TensorStringStyle.Metadata || t.is_complex()) return Metadata(t);
        var line = newLine ?? Environment.NewLine;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var values = t.cpu().to_type(ScalarType.Float64).contiguous().view(-1).data<double>().ToArray();
        var text = values.Select(v => v.ToString(format ?? "g5", CultureInfo.InvariantCulture)).ToArray();
        var shape = t.shape;
        if (style == TorchSharp.TensorStringStyle.Numpy) return Nested(text, shape, 0, 0, "[", "]", ", ", line);
        if (shape.Length == 0) return $"{Metadata(t)}, value = {text[0]}";
        if (style == TorchSharp.TensorStringStyle.CSharp) return $"{Metadata(t)}, value = {line}{Nested(text, shape, 0, 0, "{", "}", ", ", line)}{line}";
        var julia = new StringBuilder(Metadata(t)).Append(line);
        var columns = (int)shape[^1];
        for (var i = 0; i < text.Length; i += columns) julia.Append(' ').AppendJoin(' ', text[i..(i + columns)]).Append(line);
        return julia.ToString();
    }

    static string Nested(string[] text, long[] shape, int d, long at, string open, string close, string comma, string line)
    {
        if (d == shape.Length) return text[at];
        var stride = shape[(d + 1)..].Aggregate(1L, (a, b) => a * b);
        var parts = Enumerable.Range(0, (int)shape[d]).Select(i => Nested(text, shape, d + 1, at + i * stride, open, close, comma, line));
        return open + string.Join(d == shape.Length - 1 ? comma : line + " ", parts) + close;
    }
}
