namespace Retort;

/// <summary>What a penalty comes to over all training rows, and its gradient at the network's weights, which holds until it is taken anew.</summary>
/// <remarks>The memory it needs beside a step's is that of the outputs for all rows, and once that of the weights.</remarks>
internal sealed class WholeSet
{
    private const int Block = 1024;

    private readonly Learner _learner;
    private readonly TaskData _train;
    private readonly int _members, _every;
    private readonly Tensor _gradient; // before the penalty's weight, so that this may change
    private int _steps;

    /// <param name="learner">The network.</param>
    /// <param name="train">The rows.</param>
    /// <param name="members">How many rows of outputs there are for a row.</param>
    /// <param name="every">How many steps a gradient serves.</param>
    public WholeSet(Learner learner, TaskData train, int members, int every)
    {
        (_learner, _train, _members, _every) = (learner, train, members, every);
        _gradient = zeros(learner.Graph.Layout.Count, dtype: float32, device: learner.Parameters.device);
    }

    /// <summary>What the penalty came to when it was last taken.</summary>
    public double Value { get; private set; }

    /// <summary>Goes to the next step; takes value and gradient anew where they have served. To be called before a step's own forward pass.</summary>
    /// <param name="penalty">What the outputs of all rows [rows × members, outputs] cost.</param>
    public void Next(Func<Tensor, Tensor> penalty)
    {
        if (_steps++ % _every != 0)
            return;
        _steps = 1;
        using var scope = NewDisposeScope();
        Tensor outputs;
        using (no_grad())
            outputs = cat([.. Blocks().Select(block => Forward(block).clone())], 0);
        outputs.requires_grad_();
        var value = penalty(outputs);
        value.backward();
        Value = value.ToDouble();
        using var atOutputs = outputs.grad!.contiguous();
        _gradient.zero_();
        foreach (var block in Blocks())
        {
            using var own = NewDisposeScope();
            Forward(block);
            _learner.Network.Backward(atOutputs.narrow(0, block.Start * _members, block.Count * _members));
            _gradient.add_(_learner.Gradients.narrow(0, 0, _gradient.shape[0]));
        }
    }

    /// <summary>Adds the gradient, times a factor, to that which a step's backward pass has left.</summary>
    public void Add(Scalar factor)
    {
        using var scope = NewDisposeScope();
        _learner.Gradients.narrow(0, 0, _gradient.shape[0]).add_(_gradient, factor);
    }

    /// <summary>As <see cref="Add(Scalar)"/>, without waiting for the device that the factor is on.</summary>
    public void Add(Tensor factor)
    {
        using var scope = NewDisposeScope();
        _learner.Gradients.narrow(0, 0, _gradient.shape[0]).add_(_gradient * factor);
    }

    public void Write(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        writer.Write(_steps);
        writer.Write(Value);
        writer.Write(Memory.Of<byte>(_gradient.cpu()));
    }

    public void Read(BinaryReader reader)
    {
        using var scope = NewDisposeScope();
        (_steps, Value) = (reader.ReadInt32(), reader.ReadDouble());
        var here = empty_like(_gradient, device: CPU);
        reader.BaseStream.ReadExactly(Memory.Of<byte>(here));
        _gradient.copy_(here);
    }

    private IEnumerable<(long Start, long Count)> Blocks()
    {
        var block = Math.Max(32, Block / _members); // an ensemble has a row a member
        for (var start = 0L; start < _train.Rows; start += block)
            yield return (start, Math.Min(block, _train.Rows - start));
    }

    private Tensor Forward((long Start, long Count) block)
    {
        var (features, categories) = _train.Inputs(block.Start, block.Count);
        return _learner.Network.Forward(features, categories, null);
    }
}
