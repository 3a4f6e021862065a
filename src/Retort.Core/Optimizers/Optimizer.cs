using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>How gradients change the weights.</summary>
public abstract record Optimizer : Part
{
    /// <summary>The size of a step before the schedule's factor. More than 0; default 0.002.</summary>
    [Range(1e-4, 0.05, 2e-3, true)]
    public double LearningRate { get; init; } = 2e-3;

    /// <inheritdoc/>
    public override void Validate() => Check.MoreThan(LearningRate, 0);

    /// <summary>The memory of a run, and its steps.</summary>
    internal abstract Stepper Start(ParameterLayout layout);
}
