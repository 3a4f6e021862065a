using System.Runtime.InteropServices;

namespace Retort;

/// <summary>One layer's weights within the flat buffer.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Shape">Its shape as a tensor; the last dimension is contiguous.</param>
/// <param name="Deviation">The deviation of its normal initialisation; 0 begins at zero.</param>
/// <param name="Decays">Whether weight decay applies.</param>
/// <param name="ZeroRows">How many of its first rows begin at zero whatever the deviation.</param>
internal sealed record ParameterSlot(int Offset, long[] Shape, double Deviation, bool Decays, int ZeroRows)
{
    public int Count { get; } = (int)Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>Where each layer's weights lie in the one flat buffer of a network.</summary>
internal sealed class ParameterLayout
{
    private readonly List<ParameterSlot> _slots = [];

    public IReadOnlyList<ParameterSlot> Slots => _slots;

    public int Count { get; private set; }

    /// <summary>Places the next layer behind the last one.</summary>
    /// <exception cref="ArgumentException">The buffer would exceed 2^30 numbers.</exception>
    public void Add(double deviation, bool decays, int zeroRows, params long[] shape)
    {
        var count = Count + shape.Aggregate(1.0, (product, size) => product * size);
        if (!(count <= 1 << 30))
            throw new ArgumentException($"A network must have at most {1 << 30} parameters, but this one has {Check.Text(count)} or more.");
        _slots.Add(new(Count, shape, deviation, decays, zeroRows));
        Count = (int)count;
    }

    /// <summary>The starting weights; the same stream gives the same weights.</summary>
    public float[] Initial(Generator random)
    {
        var parameters = new float[Count];
        foreach (var slot in _slots.Where(slot => slot.Deviation > 0))
            for (var i = slot.ZeroRows * (slot.Count / (int)slot.Shape[0]); i < slot.Count; i++)
                parameters[slot.Offset + i] = (float)(slot.Deviation * random.Normal());
        return parameters;
    }

    /// <summary>The layers as views of a flat tensor.</summary>
    public Tensor[] Views(Tensor flat) => [.. _slots.Select(slot => flat.narrow(0, slot.Offset, slot.Count).view(slot.Shape))];

    /// <summary>One layer's part of a flat buffer.</summary>
    public ReadOnlySpan<float> Of(int slot, ReadOnlySpan<float> parameters) => parameters.Slice(_slots[slot].Offset, _slots[slot].Count);
}

/// <summary>The memory behind a contiguous tensor on the CPU.</summary>
internal static class Memory
{
    public static Span<T> Of<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);

    /// <summary>A tensor with its own copy of managed numbers.</summary>
    public static Tensor Copy(ReadOnlySpan<float> numbers)
    {
        var tensor = zeros(numbers.Length, dtype: float32, device: CPU);
        numbers.CopyTo(Of<float>(tensor));
        return tensor;
    }
}
