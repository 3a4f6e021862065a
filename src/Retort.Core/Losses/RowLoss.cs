namespace Retort;

/// <summary>A loss that is the weighted mean of a number for each row.</summary>
public abstract record RowLoss : Loss
{
    /// <summary>The loss of each row, [rows].</summary>
    /// <param name="logits">Logits [rows, classes], (0, z) where the task is binary; or outputs [rows, outputs] in regression.</param>
    /// <param name="targets">What the rows should become.</param>
    protected internal abstract Tensor PerRow(Tensor logits, Targets targets);

    /// <summary>The loss of each row where it depends on more than its logits. By default it does not.</summary>
    internal virtual Tensor PerRow(Tensor logits, Targets targets, Tensor? weights, StepContext step) => PerRow(logits, targets);

    /// <inheritdoc/>
    public sealed override Tensor Value(Tensor logits, Targets targets, Tensor? weights, StepContext step) =>
        WeightedMean.Of(PerRow(logits, targets, weights, step), weights);
}
