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

    /// <summary>Writes what the next step depends on.</summary>
    public void Write(BinaryWriter writer)
    {
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
        Steps = reader.ReadInt64();
        foreach (var numbers in _memory)
            reader.BaseStream.ReadExactly(Bytes(numbers));
        foreach (var part in _parts)
            part.Read(reader);
    }

    protected abstract void Change(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate);

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

    private static Span<byte> Bytes(Array numbers) => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(numbers), Buffer.ByteLength(numbers));
}
