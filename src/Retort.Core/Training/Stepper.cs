using System.Runtime.InteropServices;

namespace Retort;

/// <summary>An optimizer at work on one flat buffer of parameters.</summary>
/// <remarks>Tensors that it makes are made when it starts, in the scope of the run; a step makes none.</remarks>
internal abstract class Stepper
{
    private readonly List<Array> _memory = [];
    private readonly List<Stepper> _parts = [];

    /// <summary>How many steps were done, the present one included.</summary>
    protected long Steps { get; private set; }

    /// <summary>Changes the parameters in place.</summary>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate)
    {
        Steps++;
        Change(parameters, gradients, learningRate);
    }

    /// <summary>Changes parameters that live on a device, in place.</summary>
    public void Step(Tensor parameters, Tensor gradients, double learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Steps++;
        Change(parameters, gradients, learningRate);
    }

    /// <summary>Writes what the next step depends on.</summary>
    public void Write(BinaryWriter writer)
    {
        Fetch();
        writer.Write(Steps);
        foreach (var numbers in _memory)
            writer.Write(Bytes(numbers));
        foreach (var part in _parts)
            part.Write(writer);
    }

    /// <summary>Goes on where a stepper of the same settings and layout wrote itself.</summary>
    /// <exception cref="EndOfStreamException">There is less than <see cref="Write"/> writes.</exception>
    public void Read(BinaryReader reader)
    {
        Fetch();
        Steps = reader.ReadInt64();
        foreach (var numbers in _memory)
            reader.BaseStream.ReadExactly(Bytes(numbers));
        foreach (var part in _parts)
            part.Read(reader);
    }

    protected abstract void Change(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate);

    /// <summary>By default the way through the CPU's memory, which waits for the device. Others keep there what they remember.</summary>
    protected virtual void Change(Tensor parameters, Tensor gradients, double learningRate)
    {
        var (here, slopes) = (parameters.cpu(), gradients.cpu());
        Change(Memory.Of<float>(here), Memory.Of<float>(slopes), learningRate);
        parameters.copy_(here);
    }

    /// <summary>Takes what is remembered on a device into the numbers of <see cref="Remember"/>; the next step on a device begins with those.</summary>
    protected virtual void Fetch()
    {
    }

    /// <summary>Numbers, 0 at first, that later steps depend on.</summary>
    protected T[] Remember<T>(int count) where T : unmanaged
    {
        var numbers = new T[count];
        _memory.Add(numbers);
        return numbers;
    }

    /// <summary>Another stepper that this one asks.</summary>
    protected Stepper Include(Stepper part)
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>The layers' numbers as one buffer beside the parameters, where they are and as long as they live; 0 between them.</summary>
    protected static Tensor Send(Tensor parameters, IEnumerable<(ParameterSlot Slot, float[] Numbers)> layers)
    {
        var all = new float[parameters.numel()];
        foreach (var (slot, numbers) in layers)
            numbers.CopyTo(all, slot.Offset);
        return Beside(parameters, all);
    }

    /// <summary>Each layer's own factor of the learning rate, a number a weight.</summary>
    protected static Tensor Rates(Tensor parameters, IEnumerable<ParameterSlot> slots) => Spread(parameters, slots, slot => slot.Rate);

    /// <summary>What the learning rate is multiplied with to give the share that a weight loses in a step.</summary>
    protected static Tensor Decays(Tensor parameters, IEnumerable<ParameterSlot> slots, double weightDecay) =>
        Spread(parameters, slots, slot => slot.Decays ? slot.Rate * weightDecay : 0);

    /// <summary>The way back of <see cref="Send"/>, which ends the buffer.</summary>
    protected static void Fetch(Tensor there, IEnumerable<(ParameterSlot Slot, float[] Numbers)> layers)
    {
        using var scope = NewDisposeScope();
        var all = Memory.Of<float>(there.cpu());
        foreach (var (slot, numbers) in layers)
            all.Slice(slot.Offset, slot.Count).CopyTo(numbers);
        there.Dispose();
    }

    private static Tensor Spread(Tensor parameters, IEnumerable<ParameterSlot> slots, Func<ParameterSlot, double> value)
    {
        var all = new float[parameters.numel()];
        foreach (var slot in slots)
            all.AsSpan(slot.Offset, slot.Count).Fill((float)value(slot));
        return Beside(parameters, all);
    }

    private static Tensor Beside(Tensor parameters, float[] numbers) =>
        tensor(numbers, dtype: float32, device: CPU).to(parameters.device).DetachFromDisposeScope().MoveToOtherDisposeScope(parameters);

    private static Span<byte> Bytes(Array numbers) => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(numbers), Buffer.ByteLength(numbers));
}
