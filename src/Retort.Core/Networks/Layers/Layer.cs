using System.Numerics;

namespace Retort;

/// <summary>One step of a network, from rows of numbers to rows of numbers. It knows sizes and slot numbers; what is learned lies in the flat buffer.</summary>
/// <remarks>
/// Every layer computes in four ways, which tests hold against each other: with libtorch's operators (scoring in blocks, and the reference for gradients),
/// as a graph of ONNX,
/// on spans (one row), and as a <see cref="LayerRun{T}"/> with its backward pass written by hand (training).
/// </remarks>
internal abstract class Layer(int inputs, int outputs)
{
    public int Inputs { get; } = inputs;

    public int Outputs { get; } = outputs;

    /// <summary>How many rows leave for each that enters: the members of an ensemble, where it begins.</summary>
    public virtual int Members => 1;

    /// <summary>Where the numbers that enter, and those that leave, stand in the layer's slots: a slot's number, and which of its dimensions they are. A layer that leaves them in their places names them as entering.</summary>
    public virtual IReadOnlyList<UnitPlace> Units => [];

    /// <summary>With libtorch's operators: [rows, inputs] to [rows × members, outputs]. Dropout is drawn where a stream is given.</summary>
    public abstract Tensor Forward(Tensor x, IReadOnlyList<Tensor> slots, Generator? dropout);

    /// <summary>As nodes of a graph, without dropout.</summary>
    public abstract OnnxValue Forward(OnnxValue x, IReadOnlyList<OnnxValue> slots);

    /// <summary>On spans, without dropout.</summary>
    public abstract void Forward<T>(ReadOnlySpan<T> x, int rows, Span<T> y, Slots<T> slots) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>The layer in training.</summary>
    public abstract LayerRun<T> Start<T>(LayerMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Sets what the training rows decide before the first step, such as medians, from a sample of what will enter.</summary>
    public virtual void Prepare(ReadOnlySpan<float> sample, int rows, Span<float> parameters, ParameterLayout layout)
    {
    }
}

/// <summary>Where a layer's slot has a number for each that enters, or for each that leaves.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Dimension">Which of its dimensions.</param>
/// <param name="Leaves">Whether it is those that leave.</param>
internal readonly record struct UnitPlace(int Slot, int Dimension, bool Leaves);

/// <summary>A layer in training: what its last forward pass left, and the way back.</summary>
internal abstract class LayerRun<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>What it returns stays until the next forward pass.</summary>
    public abstract Matrix<T> Forward(Matrix<T> x, Generator? dropout);

    /// <summary>Writes the gradients of its slots; returns the gradient at its input, or null where that is not wanted. It may overwrite <paramref name="gradient"/>.</summary>
    public abstract Matrix<T>? Backward(Matrix<T> gradient, bool wantsInput);
}

/// <summary>The slots of a flat buffer as spans.</summary>
internal readonly ref struct Slots<T>(ParameterLayout layout, ReadOnlySpan<T> parameters) where T : unmanaged
{
    private readonly ReadOnlySpan<T> _parameters = parameters;

    public ReadOnlySpan<T> this[int slot] => _parameters.Slice(layout.Slots[slot].Offset, layout.Slots[slot].Count);
}
