namespace Retort;

/// <summary>What training minimises on the labels: a pure function of logits and targets.</summary>
public abstract record Loss : Part
{
    /// <summary>The loss of a batch, one number.</summary>
    /// <param name="logits">Logits [rows, classes], (0, z) where the task is binary; or values [rows, 1] in regression.</param>
    /// <param name="targets">What the rows should become.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <param name="step">Where the run stands.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public abstract Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step);

    /// <summary>The loss of a batch by itself, outside a run.</summary>
    /// <param name="logits">Logits [rows, classes], (0, z) where the task is binary; or values [rows, 1] in regression.</param>
    /// <param name="targets">What the rows should become.</param>
    /// <param name="weights">How much each row counts, [rows]; null where all count alike.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Value(Tensor logits, Targets targets, Tensor? weights = null) => Value(logits, targets, weights, StepContext.First());
}
