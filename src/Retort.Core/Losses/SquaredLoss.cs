namespace Retort;

/// <summary>The squared distance from prediction to target, the usual loss of regression.</summary>
/// <remarks>
/// <c>(prediction - target)^2</c>, without the factor 1/2. Predicts the mean; a few far targets pull it.
/// Source: Legendre, Nouvelles méthodes pour la détermination des orbites des comètes, 1805, appendix.
/// </remarks>
[Method("squared", Title = "Nouvelles méthodes pour la détermination des orbites des comètes", Authors = "Legendre", Year = 1805, Tasks = LearningTasks.Regression)]
public sealed record SquaredLoss : RowLoss, IClosedForm
{
    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, 1]", logits.dim() == 2 && logits.shape[1] == 1);
        return (logits - targets.RealValues(logits)).square().squeeze(1);
    }

    double IClosedForm.AddGradient(StepOutputs batch, double factor, Span<float> gradient) => batch.AddSquares(batch.Values, factor, gradient);
}
