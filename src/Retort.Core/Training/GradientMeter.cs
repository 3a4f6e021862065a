namespace Retort;

/// <summary>Measures each step's gradient, shortens it where it is too long, and keeps the means of an epoch.</summary>
/// <param name="clipNorm">The longest Euclidean norm allowed; 0 for no limit.</param>
/// <param name="device">Where the gradients are.</param>
internal sealed class GradientMeter(double clipNorm, Device device)
{
    private readonly Tensor _there = zeros(2, dtype: float64, device: device); // both sums, where the device is not waited for
    private double _norms, _sums;
    private int _steps;

    public void Measure(Span<float> gradients)
    {
        var (norm, sum) = Spans.Norms(gradients);
        _norms += norm;
        _sums += sum;
        _steps++;
        if (clipNorm > 0 && norm > clipNorm)
            Spans.Scale(gradients, (float)(clipNorm / norm));
    }

    /// <summary>As <see cref="Measure"/>, by operators that are only given to the gradients' device.</summary>
    public void MeasureThere(Tensor gradients)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var norm = gradients.norm();
        _there.add_(stack([norm, gradients.abs().sum()]));
        _steps++;
        if (clipNorm > 0)
            gradients.mul_((clipNorm / norm).clamp_max(1));
    }

    /// <summary>Writes the sums since <see cref="Means"/> was last called.</summary>
    public void Write(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        var there = Memory.Of<double>(_there.cpu());
        foreach (var sum in (double[])[_norms, _sums, there[0], there[1]])
            writer.Write(sum);
        writer.Write(_steps);
    }

    /// <summary>Goes on where a meter wrote itself.</summary>
    public void Read(BinaryReader reader)
    {
        using var scope = NewDisposeScope();
        (_norms, _sums) = (reader.ReadDouble(), reader.ReadDouble());
        _there.copy_(tensor([reader.ReadDouble(), reader.ReadDouble()], dtype: float64));
        _steps = reader.ReadInt32();
    }

    /// <summary>The means since the last call, from before any clipping.</summary>
    public (double Norm, double Sum) Means()
    {
        using var scope = NewDisposeScope();
        var there = Memory.Of<double>(_there.cpu());
        var means = ((_norms + there[0]) / _steps, (_sums + there[1]) / _steps);
        _there.zero_();
        (_norms, _sums, _steps) = (0, 0, 0);
        return means;
    }
}
