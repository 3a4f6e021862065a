using System.Runtime.InteropServices;

namespace Retort;

/// <summary>A number whose gradient was computed beside it, as a tensor that autograd can go on from.</summary>
internal static class GivenGradient
{
    /// <summary>A number like the inputs, with this gradient at them; there are no second derivatives.</summary>
    /// <param name="value">The number.</param>
    /// <param name="inputs">Any shape.</param>
    /// <param name="gradient">A number for each input.</param>
    public static Tensor Join(double value, Tensor inputs, double[] gradient)
    {
        var slope = tensor(gradient, dtype: float64).to_type(inputs.dtype).to(inputs.device).view(inputs.shape);
        return ((inputs - inputs.detach()) * slope).sum() + value; // the difference is 0
    }

    /// <summary>A tensor's numbers, row after row, in the memory of the program.</summary>
    public static double[] Numbers(Tensor tensor)
    {
        if (tensor.dtype == float64 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous())
            return MemoryMarshal.Cast<byte, double>(tensor.bytes).ToArray();
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, double>(tensor.detach().cpu().to_type(float64).contiguous().bytes).ToArray();
    }
}
