namespace Retort;

/// <summary>The loss of counts: errors of large expected counts weigh less, and predictions are positive.</summary>
/// <remarks>
/// <c>m - y + y * ln(y / m)</c> for the expected count m = exp(output) and the label y: half the unit deviance, 0 where m = y. Outputs [rows, 1] are ln m, in units of the mean training label;
/// the network serves m. Beyond an output of 20 the exponential goes on as its tangent.
/// Source: McCullagh and Nelder, Generalized Linear Models, 1989, table 2.1; <c>poisson_nll_loss</c> of PyTorch with <c>log_input</c> is the same but for terms in y.
/// Labels must be at least 0. Not for counts that scatter far more than their mean: <see cref="TweedieLoss"/>; and where there are negative labels the squared loss.
/// Seen (<c>./bench losses</c>): on abalone, over ten splits, no advantage: the root of the squared error is 0.019 rings above that of the squared loss (2.2 paired standard errors).
/// </remarks>
[Method("poisson", Title = "Generalized Linear Models", Authors = "McCullagh and Nelder", Year = 1989, Tasks = LearningTasks.Regression)]
public sealed record PoissonLoss : RowLoss
{
    internal override LabelScaling Scaling => LabelScaling.MeanOne;

    internal override OutputLink Link(PartState state) => new(LinkFunction.Exponential, []);

    internal override void Begin(PartState state, Targets targets, Tensor? weights, Tensor? groups, int members) => PositiveLabels.Check(targets, "poisson");

    /// <inheritdoc/>
    protected internal override Tensor PerRow(Tensor logits, Targets targets)
    {
        Check.Shape(logits, "[rows, 1]", logits.dim() == 2 && logits.shape[1] == 1);
        var (output, y) = (logits.squeeze(1), targets.RealValues(logits).squeeze(1));
        return Stable.Exp(output) - y * output + y.xlogy(y) - y;
    }
}
