using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The learning rate falls in a straight line from its full value to a share of it.</summary>
/// <remarks>
/// <c>1 - (1 - Final) * progress</c>, over the planned number of epochs; the best schedule that needs no knowledge of the gradients, <see cref="RefinedDecay"/> being the one that has it.
/// Source: Defazio et al., When, Why and How Much? Adaptive Learning Rate Scheduling by Refinement, 2023, https://arxiv.org/abs/2310.07831
/// </remarks>
[Method("linear-decay", Title = "When, Why and How Much? Adaptive Learning Rate Scheduling by Refinement", Authors = "Defazio et al.", Year = 2023,
    Link = "https://arxiv.org/abs/2310.07831")]
public sealed record LinearDecay : Schedule
{
    /// <summary>The share of the learning rate that is left at the end. In [0, 1]; default 0.</summary>
    [Range(0.0, 0.5, 0.0)]
    public double Final { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check.InRange(Final, 0, 1);
    }

    /// <inheritdoc/>
    protected override double Shape(double progress) => 1 - (1 - Final) * progress;
}
