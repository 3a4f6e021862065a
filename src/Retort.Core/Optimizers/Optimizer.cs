using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>How gradients change the weights.</summary>
public abstract record Optimizer : Part
{
    /// <summary>The size of a step before the schedule's factor. More than 0; default 0.002.</summary>
    [Range(1e-4, 0.05, 2e-3, true)]
    public virtual double LearningRate { get; init; } = 2e-3;

    /// <inheritdoc/>
    public override void Validate() => Check.MoreThan(LearningRate, 0);

    /// <summary>Whether the size of a gradient hardly changes the size of a step.</summary>
    internal virtual bool EvensGradientsOut => true;

    /// <summary>The memory of a run, and its steps.</summary>
    internal abstract Stepper Start(ParameterLayout layout);

    /// <summary>The layers that are trained at all.</summary>
    private protected static IEnumerable<ParameterSlot> Trained(ParameterLayout layout) => layout.Slots.Where(slot => slot.Role != ParameterRole.Constants);

    /// <summary>What is left of a layer's weights by decay; 1 where none applies.</summary>
    private protected static float Kept(ParameterSlot slot, double learningRate, double weightDecay) =>
        slot.Decays ? (float)(1 - learningRate * slot.Rate * weightDecay) : 1f;
}
