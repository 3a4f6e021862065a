namespace Retort;

/// <summary>The squared distance from the probabilities to the label.</summary>
/// <remarks>
/// <c>sum over classes of (p - q)^2</c>, where p are the probabilities [rows, classes] and q the targets, class numbers or probabilities. In [0, 2].
/// A proper scoring rule: it asks for true probabilities, as cross-entropy does, and is bounded, so that single rows with wrong labels cost less.
/// For two classes it is twice the squared error of the probability of class 1, which some libraries call the Brier score.
/// Source: Brier, Verification of Forecasts Expressed in Terms of Probability, 1950, eq. 2.
/// Not for many classes from the start: where p is near 0 at the true class the gradient vanishes.
/// </remarks>
[Method("brier", Title = "Verification of Forecasts Expressed in Terms of Probability", Authors = "Brier", Year = 1950, Tasks = LearningTasks.Classification)]
public sealed record BrierLoss : RowLoss
{
    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, classes]", logits.dim() == 2);
        return (logits.softmax(1) - targets.Distribution(logits)).square().sum(1);
    }
}
