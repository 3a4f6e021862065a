namespace Retort;

/// <summary>The learning rate stays as it is.</summary>
/// <remarks>
/// <c>1</c>. Ends noisier than a decay; take it where the length of the run is not known.
/// Source: Robbins and Monro, A Stochastic Approximation Method, 1951, whose steps shrink: the constant one is its simplification.
/// </remarks>
[Method("constant", Title = "A Stochastic Approximation Method", Authors = "Robbins and Monro", Year = 1951)]
public sealed record ConstantRate : Schedule
{
    /// <inheritdoc/>
    protected override double Shape(double progress) => 1;
}
