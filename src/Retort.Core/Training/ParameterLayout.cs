using System.Runtime.InteropServices;

namespace Retort;

/// <summary>What a layer's numbers are for: optimizers treat them differently.</summary>
internal enum ParameterRole
{
    /// <summary>The matrix of a hidden layer [outputs, inputs]. Decays.</summary>
    Weights,

    /// <summary>The matrix of the last layer. Decays.</summary>
    Head,

    /// <summary>A learned row a category or frequencies of an embedding. Decays.</summary>
    Table,

    /// <summary>What is added. Does not decay.</summary>
    Biases,

    /// <summary>What is multiplied with, elementwise. Does not decay.</summary>
    Scales,

    /// <summary>What the training rows give before the first step, such as medians. Its gradient is always 0.</summary>
    Constants,
}

/// <summary>One layer's numbers within the flat buffer.</summary>
/// <param name="Offset">Where they begin.</param>
/// <param name="Shape">Their shape as a tensor; the last dimension is contiguous.</param>
/// <param name="Role">What they are for.</param>
internal sealed record ParameterSlot(int Offset, long[] Shape, ParameterRole Role)
{
    public int Count { get; } = (int)Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The value around which they begin.</summary>
    public double Start { get; init; }

    /// <summary>The deviation of their normal initialisation; 0 begins at <see cref="Start"/> exactly.</summary>
    public double Deviation { get; init; }

    /// <summary>Whether each number begins with a random sign.</summary>
    public bool Signs { get; init; }

    /// <summary>How many of the first rows begin at zero whatever the deviation.</summary>
    public int ZeroRows { get; init; }

    /// <summary>What the learning rate is multiplied with here.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Whether weight decay applies.</summary>
    public bool Decays => Role is ParameterRole.Weights or ParameterRole.Head or ParameterRole.Table;
}

/// <summary>Where each layer's weights lie in the one flat buffer of a network.</summary>
internal sealed class ParameterLayout
{
    private readonly List<ParameterSlot> _slots = [];

    public IReadOnlyList<ParameterSlot> Slots => _slots;

    public int Count { get; private set; }

    /// <summary>The same layers, behind which others can be placed.</summary>
    public ParameterLayout Copy()
    {
        var copy = new ParameterLayout { Count = Count };
        copy._slots.AddRange(_slots);
        return copy;
    }

    /// <summary>Places the next layer behind the last one; its number.</summary>
    /// <exception cref="ArgumentException">The buffer would exceed 2^30 numbers.</exception>
    public int Add(ParameterRole role, long[] shape, double deviation = 0, double start = 0, double rate = 1, int zeroRows = 0, bool signs = false)
    {
        var count = Count + shape.Aggregate(1.0, (product, size) => product * size);
        if (!(count <= 1 << 30))
            throw new ArgumentException($"A network must have at most {1 << 30} parameters, but this one has {Check.Text(count)} or more.");
        _slots.Add(new(Count, shape, role) { Deviation = deviation, Start = start, Rate = rate, ZeroRows = zeroRows, Signs = signs });
        Count = (int)count;
        return _slots.Count - 1;
    }

    /// <summary>The starting weights; the same stream gives the same weights.</summary>
    public float[] Initial(Generator random)
    {
        var parameters = new float[Count];
        foreach (var slot in _slots)
            for (var i = slot.ZeroRows * (slot.Count / (int)slot.Shape[0]); i < slot.Count; i++)
            {
                var number = slot.Deviation > 0 ? slot.Start + slot.Deviation * random.Normal() : slot.Start;
                parameters[slot.Offset + i] = (float)(slot.Signs && random.Below(2) == 0 ? -number : number);
            }

        return parameters;
    }

    /// <summary>The layers as views of a flat tensor.</summary>
    public Tensor[] Views(Tensor flat) => [.. _slots.Select(slot => flat.narrow(0, slot.Offset, slot.Count).view(slot.Shape))];
}

/// <summary>The memory behind a contiguous tensor on the CPU.</summary>
internal static class Memory
{
    public static Span<T> Of<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);

    /// <summary>The tensor, which now lives as long as another's scope.</summary>
    public static Tensor Keep(Tensor tensor, Tensor other) =>
        tensor.DetachFromDisposeScope().MoveToOtherDisposeScope(other); // moved into the scope that it is in, without the detour, it would be lost to it

    /// <summary>A tensor with its own copy of managed numbers.</summary>
    public static Tensor Copy(ReadOnlySpan<float> numbers)
    {
        var tensor = zeros(numbers.Length, dtype: float32, device: CPU);
        numbers.CopyTo(Of<float>(tensor));
        return tensor;
    }
}
