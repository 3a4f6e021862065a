namespace Retort;

/// <summary>An average of the flat buffer of weights over the steps or epochs of a run, on the weights' device.</summary>
internal abstract class WeightAverage(Tensor weights)
{
    private readonly Tensor _mean = zeros_like(weights);

    /// <summary>How many sets of weights were taken.</summary>
    protected long Taken { get; private set; }

    /// <summary>Is shown the weights after every step.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="progress">The share of the planned run that is done at the end of this epoch.</param>
    /// <param name="endsEpoch">Whether the step was the last of its epoch.</param>
    public abstract void Take(Tensor weights, double progress, bool endsEpoch);

    /// <summary>The average and the weights change places, until they are exchanged again; nothing happens where nothing was taken yet.</summary>
    public void Exchange(Tensor weights)
    {
        if (Taken == 0)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var kept = weights.clone();
        weights.copy_(_mean);
        _mean.copy_(kept);
    }

    /// <summary>Writes what later averages depend on.</summary>
    public void Write(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        writer.Write(Taken);
        writer.Write(Memory.Of<byte>(_mean.cpu()));
    }

    /// <summary>Goes on where an average of the same settings and length wrote itself.</summary>
    /// <exception cref="EndOfStreamException">There is less than <see cref="Write"/> writes.</exception>
    public void Read(BinaryReader reader)
    {
        using var scope = NewDisposeScope();
        Taken = reader.ReadInt64();
        var mean = zeros(_mean.shape, dtype: _mean.dtype, device: CPU);
        reader.BaseStream.ReadExactly(Memory.Of<byte>(mean));
        _mean.copy_(mean);
    }

    /// <summary><c>mean += share (weights - mean)</c>; the first weights are taken whole.</summary>
    protected void Add(Tensor weights, double share)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (Taken++ == 0)
            _mean.copy_(weights);
        else
            _mean.add_(weights - _mean, alpha: share); // what never changes keeps its bits
    }
}
