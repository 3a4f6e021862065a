using System.Numerics;

namespace Retort;

/// <summary>In training leaves out a random share of the numbers and scales up the rest, so that scoring needs no correction.</summary>
internal sealed class DropoutLayer(int width, double share) : Layer(width, width)
{
    public override Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout)
    {
        if (dropout is null)
            return x;
        if (x.device_type != DeviceType.CPU)
            return x * Masks.There(x, share, dropout);
        var mask = new float[x.numel()];
        Draw<float>(mask, dropout);
        return x * Memory.Copy(mask).to_type(x.dtype).view(x.shape);
    }

    public override OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots) => x;

    public override void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots) => x.CopyTo(y);

    public override LayerRun<T> Start<T>(LayerMemory<T> memory) => new Run<T>(this, memory);

    /// <summary>Four numbers from one draw of 64 bits: the share is held to 1 / 65,536.</summary>
    private void Draw<T>(Span<T> mask, Generator random) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var threshold = (ushort)Math.Round(share * 65536);
        var kept = T.CreateTruncating((float)(1 / (1 - threshold / 65536.0)));
        for (var i = 0; i < mask.Length; i += 4)
        {
            var bits = random.Bits();
            for (var j = i; j < Math.Min(i + 4, mask.Length); j++, bits >>= 16)
                mask[j] = (ushort)bits < threshold ? T.Zero : kept;
        }
    }

    private sealed class Run<T>(DropoutLayer layer, LayerMemory<T> memory) : LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Block<T> _outputs = memory.Block(layer.Outputs), _masks = memory.Block(layer.Outputs);
        private Matrix<T>? _mask;

        public override Matrix<T> Forward(Matrix<T> x, Generator? dropout)
        {
            _mask = null;
            if (dropout is null)
                return x;
            (_mask, var y) = (_masks.Rows(x.Rows), _outputs.Rows(x.Rows));
            layer.Draw(_mask.Span, dropout);
            x.Span.CopyTo(y.Span);
            Elementwise.Multiply(y.Span, _mask.Span);
            return y;
        }

        public override Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput)
        {
            if (_mask is not null)
                Elementwise.Multiply(gradient.Span, _mask.Span);
            return gradient;
        }
    }
}
